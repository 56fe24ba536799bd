import { isObject, object, optional, text, whole, word } from "./json-reader.ts";
import { PROGRESS_STAGES, type ProgressStage } from "./progress.ts";

/**
 * What is known of a run while it goes on. It stands where its record will be, under the same MIME type, so that an editor changes what it
 * shows in place; it is never saved.
 */
export interface LiveRun {
  readonly kind: "live";
  readonly question: string;
  /** Which of the runs of a comparison it is: `2 of 3: merge 25%`. */
  readonly part?: string;
  /** The answer so far. */
  readonly answer: string;
  /** What it is doing; absent while it waits for the kernel. */
  readonly stage?: ProgressStage;
  /** `done` of `total` pieces of the stage; total 0 where it is not known. */
  readonly done: number;
  readonly total: number;
}

const count = whole(0, Number.MAX_SAFE_INTEGER);

const live = object<LiveRun>({
  kind: word(["live"]),
  question: text,
  part: optional(text),
  answer: text,
  stage: optional(word(PROGRESS_STAGES)),
  done: count,
  total: count,
});

/** True for what stands where a record will be. */
export function isLiveRun(value: unknown): boolean {
  return isObject(value) && value.kind === "live";
}

/** Reads a live run. Throws `invalid-argument` with the path of what is wrong. */
export function liveRunFromJson(value: unknown): LiveRun {
  return live(value, "live run");
}
