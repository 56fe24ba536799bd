/** The stages of a run that are timed one by one. */
export type TimedStage = "load" | "media" | "vision" | "merge" | "prefill";

/** Adds up wall time by stage, in milliseconds. */
export class Stopwatch {
  readonly #startedAt = performance.now();
  #excludedMs = 0;
  readonly #spent = new Map<TimedStage, number>();

  /** Time since the watch was made, less what was excluded. */
  get totalMs(): number {
    return performance.now() - this.#startedAt - this.#excludedMs;
  }

  /** What each stage has taken so far. */
  stages(): Record<TimedStage, number> {
    const spent = (stage: TimedStage) => this.#spent.get(stage) ?? 0;
    return {
      load: spent("load"),
      media: spent("media"),
      vision: spent("vision"),
      merge: spent("merge"),
      prefill: spent("prefill"),
    };
  }

  /** Does something that is no part of what is timed. */
  async exclude<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#excludedMs += performance.now() - start;
    }
  }

  async time<Result>(stage: TimedStage, work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#spent.set(stage, (this.#spent.get(stage) ?? 0) + performance.now() - start);
    }
  }
}
