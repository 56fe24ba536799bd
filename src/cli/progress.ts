import type { ProgressStage, RunEvents } from "#runtime/events.ts";
import type { CommandIo } from "./command.ts";

const WORDS: Readonly<Record<ProgressStage, string>> = {
  load: "loading the model",
  convert: "converting the model",
  media: "reading media",
  vision: "encoding",
  merge: "merging",
  prefill: "reading the question",
  decode: "answering",
};

const CLEAR_LINE = "\r\u001b[2K";

/** Shows how far a run is on one line of a terminal, and nothing anywhere else. */
export class ProgressLine {
  readonly #io: CommandIo;
  #isShown = false;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  readonly events: RunEvents = {
    onProgress: (stage, done, total) => {
      const share =
        stage === "convert"
          ? ` ${Math.floor((100 * done) / Math.max(1, total))} %`
          : total > 1
            ? ` ${done} of ${total}`
            : "";
      this.show(`${WORDS[stage]}${share}`);
    },
  };

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
