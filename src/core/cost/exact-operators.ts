import type { RankingName } from "../method.ts";
import { type BytesPerValue, HALF } from "./accelerators.ts";
import type { ExactCostInput } from "./exact-input.ts";
import { attentionAt, type ExactOperator, linearAt, operatorAt, type Place, type Rows } from "./exact-operator.ts";
import type { DecoderShape, VisionShape } from "./shape.ts";

/**
 * The convention `exact` operator by operator, in the order in which a run executes them; see exactCost, which is their sum. What takes nothing
 * is left out. Frames go through the vision tower one by one, answers token by token, so that weights are read as often.
 */
export function exactOperators(input: ExactCostInput, bytesPer: BytesPerValue = HALF): ExactOperator[] {
  const rows = [
    ...visionOperators(input, bytesPer),
    mergeOperator(input, bytesPer),
    ...input.perLayer.flatMap((tokens, layer) => prefillOperators(input, tokens, layer, bytesPer)),
    lmHead(input.decoder, "prefill", 1, bytesPer),
    ...input.kvPerLayer.flatMap((cached, layer) => decodeOperators(input, cached, layer, bytesPer)),
    lmHead(input.decoder, "decode", input.decodeSteps, bytesPer),
  ];
  return rows.filter(({ flops }) => flops !== 0);
}

function visionOperators(input: ExactCostInput, bytesPer: BytesPerValue): ExactOperator[] {
  const { vision, encodedFrames, pooledTokens } = input;
  const { hidden, projected } = vision;
  const tokens = patchesOf(vision) * encodedFrames;
  const once: Rows = { rows: tokens, passes: encodedFrames };
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
  return [
    ...towerOperators(vision, encodedFrames, bytesPer),
    linearAt(place, "projector_1", { inputs: hidden, outputs: projected }, once, bytesPer),
    linearAt(place, "projector_2", { inputs: projected, outputs: projected }, once, bytesPer),
    pooling,
  ];
}

function patchesOf({ imageSizePx, patchSizePx }: VisionShape): number {
  return Math.floor(imageSizePx / patchSizePx) ** 2;
}

/** The vision tower on `frames` frames, each operator over all its layers; patch embedding included. */
export function towerOperators(vision: VisionShape, frames: number, bytesPer: BytesPerValue = HALF): ExactOperator[] {
  const { layers, heads, hidden, intermediate, patchSizePx } = vision;
  const place: Place = { stage: "vision", during: "vision", layer: null };
  const n = patchesOf(vision);
  const passes = frames * layers;
  const linear = (name: string, inputs: number, outputs: number) =>
    linearAt(place, name, { inputs, outputs }, { rows: n * passes, passes }, bytesPer);
  const pairs = {
    queries: n * passes,
    keys: n * passes,
    pairs: n * n * passes,
    heads,
    width: hidden,
    keyWidth: hidden,
  };
  return [
    linearAt(
      place,
      "patch_embed",
      { inputs: 3 * patchSizePx ** 2, outputs: hidden },
      { rows: n * frames, passes: frames },
      bytesPer,
    ),
    linear("q_proj", hidden, hidden),
    linear("k_proj", hidden, hidden),
    linear("v_proj", hidden, hidden),
    ...attentionAt(place, pairs, bytesPer),
    linear("out_proj", hidden, hidden),
    linear("fc_1", hidden, intermediate),
    linear("fc_2", intermediate, hidden),
  ];
}

/** Each token read once and each result written once: what is moved within a step stays on the chip. */
function mergeOperator(input: ExactCostInput, bytesPer: BytesPerValue): ExactOperator {
  const { decoder, fullVisual, perLayer, text, mergeFlops } = input;
  const activations = decoder.hidden * (fullVisual + (perLayer[0] ?? text) - text);
  return operatorAt({ stage: "merge", during: "merge", layer: null }, "merge", mergeFlops, { activations }, bytesPer);
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
