import { object, optional, text, whole, word } from "./json-reader.ts";
import { PROGRESS_STAGES, type ProgressStage } from "./progress.ts";

/** The MIME type of a run that still goes on. It is never saved. */
export const LIVE_MIME = "application/vnd.aim.live+json";

/** What is known of a run while it goes on. */
export interface LiveRun {
  readonly question: string;
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
  question: text,
  answer: text,
  stage: optional(word(PROGRESS_STAGES)),
  done: count,
  total: count,
});

/** Reads a live run. Throws `invalid-argument` with the path of what is wrong. */
export function liveRunFromJson(value: unknown): LiveRun {
  return live(value, "live run");
}
