/** The parts of a run that a user waits for, in their order. */
export const PROGRESS_STAGES = [
  "load",
  "warm-up",
  "convert",
  "media",
  "vision",
  "calibrate",
  "merge",
  "prefill",
  "decode",
] as const;
export type ProgressStage = (typeof PROGRESS_STAGES)[number];

/** What a run tells while it goes on. */
export interface RunEvents {
  /** `done` of `total` pieces of a stage; total 0 where it is not known. */
  readonly onProgress?: (stage: ProgressStage, done: number, total: number) => void;
  /** More of the answer. */
  readonly onText?: (text: string) => void;
}

const WORDS: Readonly<Record<ProgressStage, string>> = {
  load: "loading the model",
  "warm-up": "warming up the device",
  convert: "converting the model",
  media: "reading media",
  vision: "encoding",
  calibrate: "calibrating: how fast this machine is",
  merge: "merging",
  prefill: "reading the question",
  decode: "answering",
};

/** `encoding 3 of 8`, `converting the model 40 %`: what a run is doing, for people. */
export function progressText(stage: ProgressStage, done: number, total: number): string {
  if (stage === "convert") return `${WORDS[stage]} ${Math.floor((100 * done) / Math.max(1, total))} %`;
  return total > 1 ? `${WORDS[stage]} ${done} of ${total}` : WORDS[stage];
}

/** Events that tell progress alone, in words. */
export function progressEvents(onProgress: (text: string) => void): RunEvents {
  return { onProgress: (stage, done, total) => onProgress(progressText(stage, done, total)) };
}
