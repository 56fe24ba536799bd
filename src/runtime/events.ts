/** The parts of a run that a user waits for, in their order. */
export type ProgressStage = "load" | "convert" | "media" | "vision" | "merge" | "prefill" | "decode";

/** What a run tells while it goes on. */
export interface RunEvents {
  /** `done` of `total` pieces of a stage; total 0 where it is not known. */
  readonly onProgress?: (stage: ProgressStage, done: number, total: number) => void;
  /** More of the answer. */
  readonly onText?: (text: string) => void;
}

/** What every long piece of work gets along. */
export interface RunContext {
  readonly events: RunEvents;
  readonly signal: AbortSignal | undefined;
}
