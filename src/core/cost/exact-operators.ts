import type { RankingName } from "../method.ts";
import { patchCount, towerTokens } from "../tower-schedule.ts";
import { type BytesPerValue, HALF } from "./accelerators.ts";
import type { ExactCostInput } from "./exact-input.ts";
import { attentionAt, type ExactOperator, linearAt, operatorAt, type Place, type Rows } from "./exact-operator.ts";
import { type DecoderShape, isMergedFirst, type VisionShape } from "./shape.ts";
import { towerOperators } from "./tower-operators.ts";

/**
 * The convention `exact` operator by operator, in the order in which a run executes them; see exactCost, which is their sum. What takes nothing
 * is left out. Frames go through the vision tower one by one, answers token by token, so that weights are read as often.
 */
export function exactOperators(input: ExactCostInput, bytesPer: BytesPerValue = HALF): ExactOperator[] {
  const rows = [
    ...visionOperators(input, bytesPer),
    ...mergeOperators(input, bytesPer),
    ...input.perLayer.flatMap((tokens, layer) => prefillOperators(input, tokens, layer, bytesPer)),
    lmHead(input.decoder, "prefill", 1, bytesPer),
    ...input.kvPerLayer.flatMap((cached, layer) => decodeOperators(input, cached, layer, bytesPer)),
    lmHead(input.decoder, "decode", input.decodeSteps, bytesPer),
  ];
  return rows.filter(({ flops }) => flops !== 0);
}

function visionOperators(input: ExactCostInput, bytesPer: BytesPerValue): ExactOperator[] {
  const { vision, encodedFrames, pooledTokens, towerRetention: retention = 1 } = input;
  const { projected } = vision;
  const tokens = patchCount(vision) * encodedFrames;
  const left = (towerTokens(vision, retention).at(-1) ?? 0) * encodedFrames;
  const place: Place = { stage: "projector", during: "vision", layer: null };
  const pooled = pooledTokens * encodedFrames * projected;
  // Every pooled value mixes four.
  const pooling = operatorAt(
    { ...place, stage: "pooling" },
    "pool",
    2 * 4 * pooled,
    { activations: tokens * projected + pooled },
    bytesPer,
  );
  const projector = projectorOperators(vision, place, { rows: left, passes: encodedFrames }, bytesPer);
  const tower = towerOperators(vision, { frames: encodedFrames, retention }, bytesPer);
  return [...tower, ...(isMergedFirst(vision) ? [] : projector), pooling];
}

function projectorOperators(
  { hidden, projected }: VisionShape,
  place: Place,
  rows: Rows,
  bytesPer: BytesPerValue,
): ExactOperator[] {
  return [
    linearAt(place, "projector_1", { inputs: hidden, outputs: projected }, rows, bytesPer),
    linearAt(place, "projector_2", { inputs: projected, outputs: projected }, rows, bytesPer),
  ];
}

/** Merging, and the projector where it comes after. */
function mergeOperators(input: ExactCostInput, bytesPer: BytesPerValue): ExactOperator[] {
  const { decoder, vision, fullVisual, perLayer, text, mergeFlops } = input;
  const visual = (perLayer[0] ?? text) - text;
  const isFirst = isMergedFirst(vision);
  // Each token read once and each result written once: what is moved within a step stays on the chip.
  const width = isFirst ? vision.hidden + (vision.metricChannels ?? 0) : decoder.hidden;
  const activations = width * (fullVisual + visual);
  const place: Place = { stage: "merge", during: "merge", layer: null };
  const merge = operatorAt(place, "merge", mergeFlops, { activations }, bytesPer);
  if (!isFirst) return [merge];
  const rows: Rows = { rows: visual, passes: Math.min(visual, 1) };
  return [merge, ...projectorOperators(vision, { ...place, stage: "projector" }, rows, bytesPer)];
}

function prefillOperators(input: ExactCostInput, n: number, layer: number, bytesPer: BytesPerValue): ExactOperator[] {
  const { decoder, ranking, importanceLayers } = input;
  const place: Place = { stage: "prefill", during: "prefill", layer };
  const rows = layerOperators(decoder, place, { rows: n, passes: 1, keys: n, pairs: n * n }, bytesPer);
  if (ranking === "none" || !importanceLayers.includes(layer)) return rows;
  const flops = RANKING_FLOPS[ranking](decoder.heads, n);
  const activations = ranking === "pagerank" ? decoder.heads * n * n : decoder.heads * n;
  return [...rows, operatorAt({ ...place, stage: "ranking" }, ranking, flops, { activations }, bytesPer)];
}

/** Ranking at one layer, beside its attention. PageRank: temperature and softmax (6 a logit), five vector-matrix products; then the mean over heads. */
const RANKING_FLOPS: Readonly<Record<RankingName, (heads: number, tokens: number) => number>> = {
  pagerank: (heads, tokens) => (6 + 5 * 2) * heads * tokens * tokens + (2 * heads + 1) * tokens,
  "last-query": (heads, tokens) => heads * tokens,
};

/** One layer in all decode steps, whose caches grow from `cached` tokens on. */
function decodeOperators(
  { decoder, decodeSteps: steps }: ExactCostInput,
  cached: number,
  layer: number,
  bytesPer: BytesPerValue,
): ExactOperator[] {
  const keys = steps * cached + (steps * (steps + 1)) / 2;
  const place: Place = { stage: "decode", during: "decode", layer };
  return layerOperators(decoder, place, { rows: steps, passes: steps, keys, pairs: keys }, bytesPer);
}

interface LayerWork extends Rows {
  /** Keys and pairs of a query and a key, in all passes. */
  readonly keys: number;
  readonly pairs: number;
}

/** One layer of the LLM. */
function layerOperators(shape: DecoderShape, place: Place, work: LayerWork, bytesPer: BytesPerValue): ExactOperator[] {
  const { hidden, intermediate, heads, kvHeads, headDim } = shape;
  const [width, keyWidth] = [heads * headDim, kvHeads * headDim];
  const linear = (name: string, inputs: number, outputs: number) =>
    linearAt(place, name, { inputs, outputs }, work, bytesPer);
  const pairs = { queries: work.rows, keys: work.keys, pairs: work.pairs, heads, width, keyWidth };
  return [
    linear("q_proj", hidden, width),
    linear("k_proj", hidden, keyWidth),
    linear("v_proj", hidden, keyWidth),
    ...attentionAt(place, pairs, bytesPer),
    linear("out_proj", width, hidden),
    linear("gate_proj", hidden, intermediate),
    linear("up_proj", hidden, intermediate),
    linear("down_proj", intermediate, hidden),
  ];
}

/** One row of logits a pass. */
function lmHead(
  { hidden, vocab }: DecoderShape,
  during: "prefill" | "decode",
  passes: number,
  bytesPer: BytesPerValue,
): ExactOperator {
  const place: Place = { stage: "lmHead", during, layer: null };
  return linearAt(place, "lm_head", { inputs: hidden, outputs: vocab }, { rows: passes, passes }, bytesPer);
}
