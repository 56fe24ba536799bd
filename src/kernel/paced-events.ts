import type { ProgressStage, RunEvents } from "#core/progress.ts";

/** About thirty messages a second: more than an eye follows, and few enough for any notebook. */
const INTERVAL_MS = 33;

/**
 * Hands events on at a pace that an editor can follow: text is gathered, of progress within a stage the newest counts.
 * A new stage is told at once, since a graph run that blocks this process may follow.
 */
export class PacedEvents implements RunEvents {
  readonly #target: Required<RunEvents>;
  #text = "";
  #stage: ProgressStage | undefined;
  #tellProgress: (() => void) | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(target: Required<RunEvents>) {
    this.#target = target;
  }

  readonly onText = (text: string): void => {
    this.#text += text;
    this.#schedule();
  };

  readonly onProgress = (stage: ProgressStage, done: number, total: number): void => {
    const isNewStage = stage !== this.#stage;
    if (isNewStage) this.flush(); // the last of the stage before
    this.#stage = stage;
    this.#tellProgress = () => this.#target.onProgress(stage, done, total);
    if (isNewStage) this.flush();
    else this.#schedule();
  };

  /** Hands on what is left; called when the run is over. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldMs = performance.now();
    const [text, tellProgress] = [this.#text, this.#tellProgress];
    this.#text = "";
    this.#tellProgress = undefined;
    if (text !== "") this.#target.onText(text);
    tellProgress?.();
  }

  #schedule(): void {
    const waitMs = this.#toldMs + INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }
}
