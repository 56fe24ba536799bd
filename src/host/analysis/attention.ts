import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import { AimError } from "#core/errors.ts";
import { progressEvents } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import type { Kernel } from "../kernel.ts";

/** The attention of runs: of those that the kernel holds, and of those that were asked again for it. */
export class Attention {
  readonly #kernel: Kernel;
  /** The run that was made in the place of another one, which the kernel had let go. */
  readonly #replays = new Map<string, string>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async trace(run: string): Promise<AttentionTrace> {
    const trace = await this.#kernel.attentionTrace(this.#held(run));
    return { ...trace, run };
  }

  row(query: AttentionQuery): Promise<Float32Array> {
    return this.#kernel.attention({ ...query, run: this.#held(query.run) });
  }

  /**
   * Asks the question of `record` again, with the same settings and seed. Rejects with `invalid-media` if it was answered otherwise this
   * time, for then it would be the attention of another run.
   */
  async replay(
    record: RunRecord,
    request: AskRequest,
    { onProgress, signal }: { readonly onProgress: (text: string) => void; readonly signal: AbortSignal },
  ): Promise<AttentionTrace> {
    const again = await this.#kernel.replay(request, progressEvents(onProgress), signal);
    if (again.answer !== record.answer || again.visual.count !== record.visual.count) {
      throw new AimError("invalid-media", `asked again, the model answers otherwise: ${JSON.stringify(again.answer)}`, {
        hint: "the file or the model has changed since; run the cell again",
      });
    }
    this.#replays.set(record.id, again.id);
    return await this.trace(record.id);
  }

  #held(run: string): string {
    return this.#replays.get(run) ?? run;
  }
}
