import { methodOf } from "../methods.ts";
import type { RunRecord, VisualRecord } from "../record.ts";
import { type BytesPerValue, HALF } from "./accelerators.ts";
import { aimCost } from "./aim.ts";
import type { ExactCostInput } from "./exact-input.ts";
import type { ExactOperator } from "./exact-operator.ts";
import { exactOperators } from "./exact-operators.ts";
import type { VisionShape } from "./shape.ts";
import { type TowerRun, towerOperators } from "./tower-operators.ts";

/** What decides the cost of a run, read from its record. */
export interface RecordedRun {
  readonly input: ExactCostInput;
  /** Tokens of each frame, crop or grid of crops, which merging takes one by one. */
  readonly groups: readonly number[];
  /** Visual tokens that end rows and videos, and are never merged. */
  readonly newlines: number;
  /** See CountedModel. */
  readonly hasSecondResidual: boolean;
  /** False where the record does not tell the sizes of the vision tower, so that `input` leaves it out. */
  readonly isVisionKnown: boolean;
}

/** Reads it; nothing of it is measured. A downsampled picture has fewer rows, so that its `newlines` are too few for other methods. */
export function recordedRun(record: RunRecord): RecordedRun {
  const { tokens, model, settings, visual, finish, cost } = record;
  const { decoder } = model;
  const newlines = countNewlines(visual);
  const vision = model.vision ?? { ...NO_VISION, projected: decoder.hidden };
  const input: ExactCostInput = {
    decoder,
    vision,
    ...encodedFrames(record, vision),
    towerRetention: settings.vision.retention,
    mergeFlops: Math.round(cost.exact.stages.merge * 1e12),
    text: tokens.text,
    fullVisual: tokens.encoded + newlines,
    perLayer: tokens.perLayer,
    kvPerLayer: tokens.kvPerLayer,
    ranking: methodOf(settings.method).ranking,
    importanceLayers: visual.importanceLayers,
    decodeSteps: Math.max(0, finish === "stop" ? tokens.generated : tokens.generated - 1),
  };
  return {
    input,
    groups: record.media.flatMap(({ frames }) => frames.map(({ rows, columns }) => rows * columns)),
    newlines,
    hasSecondResidual: hasSecondResidual(record, input.fullVisual),
    isVisionKnown: model.vision !== undefined,
  };
}

const NO_VISION: Omit<VisionShape, "projected"> = {
  layers: 0,
  hidden: 0,
  intermediate: 0,
  heads: 1,
  imageSizePx: 0,
  patchSizePx: 1,
};

/** A record holds what the tower took, not how often it ran; the one follows from the other. */
function encodedFrames(
  { cost, settings }: RunRecord,
  vision: VisionShape,
): { encodedFrames: number; pooledTokens: number } {
  const { stages } = cost.exact;
  const once = towerFlops(vision, { frames: 1, retention: settings.vision.retention });
  if (once === 0 || stages.vision === 0) return { encodedFrames: 0, pooledTokens: 0 };
  const frames = Math.round((stages.vision * 1e12) / once);
  return { encodedFrames: frames, pooledTokens: Math.round((stages.pooling * 1e12) / (8 * vision.projected * frames)) };
}

/** FLOPs of the vision tower. */
export function towerFlops(vision: VisionShape, run: TowerRun): number {
  return towerOperators(vision, run).reduce((sum, { flops }) => sum + flops, 0);
}

/** What convention `aim` assumed of the model follows from what it gave. */
function hasSecondResidual({ cost, model, tokens, settings }: RunRecord, fullVisual: number): boolean {
  const prompt = { text: tokens.text, visual: tokens.merged, fullVisual, prune: settings.prune };
  return aimCost(model.decoder, { ...prompt, hasSecondResidual: true }).tflops === cost.aim.tflops;
}

/** Visual tokens that stand for no encoded token. */
function countNewlines({ count, mergedInto }: VisualRecord): number {
  return count - new Set(mergedInto.filter((token) => token >= 0)).size;
}

/**
 * What a run executed, operator by operator, under convention `exact`. Without the sizes of the vision tower, each of its stages is one operator,
 * of which it is not known what it moves: its bytes are 0.
 */
export function recordedOperators(record: RunRecord, bytesPer: BytesPerValue = HALF): ExactOperator[] {
  const { input, isVisionKnown } = recordedRun(record);
  const operators = exactOperators(input, bytesPer);
  return isVisionKnown ? operators : [...wholeStages(record), ...operators];
}

function wholeStages({ cost }: RunRecord): ExactOperator[] {
  const stages = ["vision", "projector", "pooling"] as const;
  return stages.flatMap((stage) => {
    const flops = Math.round(cost.exact.stages[stage] * 1e12);
    return flops === 0 ? [] : [{ stage, during: "vision", layer: null, operator: stage, flops, bytes: 0 } as const];
  });
}
