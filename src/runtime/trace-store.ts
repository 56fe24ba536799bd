import { attentionNotHeld } from "#core/attention-trace.ts";
import type { RunTrace } from "./run-trace.ts";

/** The latest trace is always held, older ones while all together take no more. */
const LIMITS = { traces: 8, bytes: 256 * 2 ** 20 };

/** The traces of the last runs. */
export class TraceStore {
  readonly #traces = new Map<string, RunTrace>();

  /** Holds `trace`, in place of one of the same run, and lets go of the oldest. */
  add(trace: RunTrace): void {
    const { run } = trace.summary;
    this.#traces.delete(run);
    this.#traces.set(run, trace);
    let bytes = [...this.#traces.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const [oldest, { sizeBytes }] of this.#traces) {
      if (oldest === run || (this.#traces.size <= LIMITS.traces && bytes <= LIMITS.bytes)) break;
      this.#traces.delete(oldest);
      bytes -= sizeBytes;
    }
  }

  /** Throws `not-found` for a run that is not held. */
  get(run: string): RunTrace {
    const trace = this.#traces.get(run);
    if (trace) return trace;
    throw attentionNotHeld(run);
  }

  forget(): void {
    this.#traces.clear();
  }
}
