import { methodOf } from "../methods.ts";
import type { RunRecord } from "../record.ts";
import type { StageSample } from "./predicted-fit.ts";
import { type DecodedMedia, mergeGraphRuns, type PredictedStage, workOf } from "./predicted-work.ts";
import { recordedOperators, recordedRun } from "./recorded.ts";

/**
 * What a run tells of how fast its machine is, stage by stage: what it did, by its record, and how long that took. `media` is what was taken from
 * files, which no record tells. Merging of methods that merge nothing similar is left out: it is another kind of work.
 */
export function samplesOfRun(record: RunRecord, media: DecodedMedia): Partial<Record<PredictedStage, StageSample>> {
  const { settings, timeMs } = record;
  const { input, groups } = recordedRun(record);
  const { decodeSteps } = input;
  const mergeRuns = mergeGraphRuns(groups, settings.merge.retention);
  const work = workOf(recordedOperators(record), { media, mergeRuns, decodeSteps });
  const isSimilar = methodOf(settings.method).merger === "similar";
  const { load, firstToken } = timeMs;
  const other = firstToken - load - timeMs.media - timeMs.vision - timeMs.merge - timeMs.prefill;
  return {
    media: { work: work.media, ms: timeMs.media },
    vision: { work: work.vision, ms: timeMs.vision },
    ...(isSimilar && { merge: { work: work.merge, ms: timeMs.merge } }),
    prefill: { work: work.prefill, ms: timeMs.prefill },
    other: { work: work.other, ms: other },
    decode: { work: work.decode, ms: timeMs.decode },
  };
}
