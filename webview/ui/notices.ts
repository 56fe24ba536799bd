import type { RunRecord } from "#core/record.ts";

const FINISHES = {
  stop: undefined,
  length: "The answer was cut at the greatest number of tokens.",
  cancelled: "The run was cancelled before its end.",
} as const;

/** What a reader should know before trusting the figures. */
export function notices({ notices: given, finish, cachedFrames, media }: RunRecord): readonly string[] {
  const frames = cachedFrames === 1 ? "one frame" : `${cachedFrames} frames`;
  const cached =
    cachedFrames === 0 ? undefined : `The vision tower did not run for ${frames} whose features were known already.`;
  const alike = media.flatMap((medium) => medium.frames).filter(({ featuresOf }) => featuresOf !== undefined).length;
  const taken = alike === 1 ? "One frame has" : `${alike} frames have`;
  const shared = alike === 0 ? undefined : `${taken} the features of an earlier frame that looks the same.`;
  return [...given, FINISHES[finish], cached, shared].filter((notice) => notice !== undefined);
}
