import { isMergedFirst } from "#core/cost/shape.ts";
import type { RunRecord } from "#core/record.ts";
import { formatVision } from "#core/vision-settings.ts";
import { patchesKey } from "./overlap.ts";

/** What a run took, split at the features of the vision tower, which runs over the same frames share. */
export interface ComparedCost {
  /**
   * FLOPs up to the features, convention exact: of runs over the same frames, what the one took that encoded most of them. A run that found the
   * features in the cache would else seem cheaper for coming later.
   */
  readonly seeingTflops: number;
  /** What merging and the LLM took. */
  readonly restTflops: number;
  readonly tflops: number;
  /** Up to the features, as measured: little where they were known. */
  readonly seeingMs: number;
  /** From the features to the first token, and to the end. */
  readonly firstTokenMs: number;
  readonly restMs: number;
  /** True if features are counted that another run encoded. */
  readonly isShared: boolean;
  /** True if features were known that no run here encoded, so that `seeingTflops` is too low. */
  readonly isIncomplete: boolean;
}

/** What each of `records` took, so that it can be compared with the others. */
export function comparedCosts(records: readonly RunRecord[]): readonly ComparedCost[] {
  return records.map((record) => {
    const key = seenKey(record);
    const sharing = records.filter((other) => seenKey(other) === key);
    const own = seeingOf(record);
    const seeingTflops = Math.max(...sharing.map(seeingOf));
    const restTflops = record.cost.exact.tflops - own;
    const { load, media, vision, firstToken, total } = record.timeMs;
    const seeingMs = load + media + vision;
    return {
      seeingTflops,
      restTflops,
      tflops: seeingTflops + restTflops,
      seeingMs,
      firstTokenMs: Math.max(0, firstToken - seeingMs),
      restMs: Math.max(0, total - seeingMs),
      isShared: seeingTflops > own,
      isIncomplete: sharing.every(({ cachedFrames }) => cachedFrames > 0),
    };
  });
}

/** A projector that comes after merging is no part of the features that are shared. */
function seeingOf({ cost: { exact }, model }: RunRecord): number {
  const projector = isMergedFirst(model.vision) ? 0 : exact.stages.projector;
  return exact.stages.vision + projector + exact.stages.pooling;
}

/** Runs of one key could share features: what the tower saves changes them. */
const seenKey = ({ model, media, settings: { vision } }: RunRecord) =>
  `${model.name} ${formatVision(vision)} ${patchesKey(media)}`;

/** What one must know of the FLOPs of the vision tower; undefined where every run encoded its own frames. */
export function seeingNote(costs: readonly ComparedCost[]): string | undefined {
  if (costs.every(({ isIncomplete }) => isIncomplete)) {
    return "The features of the frames were known already: the vision tower ran in none of these runs, and is not counted.";
  }
  if (costs.some(({ isIncomplete }) => isIncomplete)) {
    return "The features of some runs were known already and no run here encoded them: their FLOPs lack a part of the vision tower.";
  }
  const shared = costs.some(({ isShared }) => isShared);
  return shared
    ? "Runs over the same frames share the features of the vision tower, which is counted for each of them."
    : undefined;
}
