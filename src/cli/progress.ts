import { progressText, type RunEvents } from "#core/progress.ts";
import type { CommandIo } from "./command.ts";

const CLEAR_LINE = "\r\u001b[2K";

/** Shows how far a run is on one line of a terminal, and nothing anywhere else. */
export class ProgressLine {
  readonly #io: CommandIo;
  #isShown = false;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  readonly events: RunEvents = this.eventsOf("");

  /** Of one of several runs: `part` says which. */
  eventsOf(part: string): RunEvents {
    const prefix = part === "" ? "" : `${part}, `;
    return { onProgress: (stage, done, total) => this.show(prefix + progressText(stage, done, total)) };
  }

  show(text: string): void {
    if (!this.#io.isErrTerminal) return;
    this.#io.err(`${CLEAR_LINE}${text}`);
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) this.#io.err(CLEAR_LINE);
    this.#isShown = false;
  }
}
