import { mergeSteps } from "../merge.ts";
import type { ExactOperator, TimedStage } from "./exact-operator.ts";

/** The parts of a run whose time is predicted one by one; `other` is what no stage of StageTimes accounts for: thumbnails, keys of frames, the prompt. */
export const PREDICTED_STAGES = ["media", "vision", "merge", "prefill", "other", "decode"] as const;
export type PredictedStage = (typeof PREDICTED_STAGES)[number];

/** How much of each of STAGE_TERMS a stage has to do. */
export type StageWork = readonly number[];
export type RunWork = Readonly<Record<PredictedStage, StageWork>>;

/** Something that a stage's time grows with. */
export interface Term {
  readonly unit: string;
  /** Milliseconds for one on a machine that nothing is known of; only the ratios within a stage count, once it has been measured. */
  readonly referenceMs: number;
}

const term = (unit: string, referenceMs: number): Term => ({ unit, referenceMs });

/**
 * What the time of each stage is made of. Prefill: what a forward pass takes however short it is, products with weights, attention, and the
 * attention of layers that rank tokens, which is computed another way. FLOPs are those of convention exact, in billions.
 */
export const STAGE_TERMS: Readonly<Record<PredictedStage, readonly Term[]>> = {
  media: [term("videos", 200), term("pictures", 10), term("frames and crops", 10), term("megapixels", 20)],
  vision: [term("GFLOPs", 10)],
  merge: [term("graph runs", 1), term("GFLOPs", 20), term("million values", 5)],
  prefill: [term("runs", 5), term("GFLOPs", 10), term("GFLOPs of attention", 40), term("GFLOPs of ranking layers", 80)],
  other: [term("runs", 2), term("frames and crops", 10)],
  decode: [term("tokens", 2), term("GFLOPs", 50), term("GFLOPs of attention", 100)],
};

/** What was taken from files in a run: nothing for media that were known already. */
export interface DecodedMedia {
  readonly videos: number;
  readonly pictures: number;
  /** Frames and crops. */
  readonly pieces: number;
  /** Of the pictures and frames as they lie in their files. */
  readonly megapixels: number;
}

/** What `operators` (of convention exact) and the rest of a run come to. `mergeRuns`: see mergeGraphRuns; `decodeSteps`: forward passes after prefill. */
export function workOf(
  operators: readonly ExactOperator[],
  rest: { readonly media: DecodedMedia; readonly mergeRuns: number; readonly decodeSteps: number },
): RunWork {
  const { media, mergeRuns, decodeSteps } = rest;
  const ranked = new Set(operators.flatMap(({ stage, layer }) => (stage === "ranking" ? [layer] : [])));
  const isAttention = ({ operator }: ExactOperator) => operator === "qk_matmul" || operator === "sv_matmul";
  const isRanking = (each: ExactOperator) => each.stage === "ranking" || (isAttention(each) && ranked.has(each.layer));
  const amount = (during: TimedStage, key: "flops" | "bytes", test: (each: ExactOperator) => boolean = () => true) =>
    operators.reduce((sum, each) => (each.during === during && test(each) ? sum + each[key] : sum), 0);
  const giga = (during: TimedStage, test?: (each: ExactOperator) => boolean) => amount(during, "flops", test) / 1e9;
  return {
    media: [media.videos, media.pictures, media.pieces, media.megapixels],
    vision: [giga("vision")],
    merge: [mergeRuns, giga("merge"), amount("merge", "bytes") / 2e6],
    prefill: [
      1,
      giga("prefill", (each) => !isAttention(each) && !isRanking(each)),
      giga("prefill", (each) => isAttention(each) && !isRanking(each)),
      giga("prefill", isRanking),
    ],
    other: [1, media.pieces],
    decode: [decodeSteps, giga("decode", (each) => !isAttention(each)), giga("decode", isAttention)],
  };
}

/** Frames that go through the merge graph together. */
const MERGE_BATCH = 32;

/** How often the merge graph runs for frames and crops of `groups` tokens: once a step for all of one size, 32 at most. */
export function mergeGraphRuns(groups: readonly number[], retention: number): number {
  return [...new Set(groups)].reduce((runs, tokens) => {
    const alike = groups.filter((each) => each === tokens).length;
    return runs + mergeSteps(tokens, retention).length * Math.ceil(alike / MERGE_BATCH);
  }, 0);
}
