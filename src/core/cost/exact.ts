import type { RankingName } from "../method.ts";
import { type ExactCost, STAGES, type Stage } from "./report.ts";
import type { DecoderShape, VisionShape } from "./shape.ts";

/** What a run did, or is going to do: then `perLayer` and `importanceLayers` come from tokensEntering and rankedLayers. */
export interface ExactCostInput {
  readonly decoder: DecoderShape;
  readonly vision: VisionShape;
  /** Frames and crops that went through the vision tower; those with cached features cost nothing. */
  readonly encodedFrames: number;
  /** Tokens that pooling leaves of each of them, 0 where nothing is pooled. */
  readonly pooledTokens: number;
  /** What merging, or whatever stood in its place, took. */
  readonly mergeFlops: number;
  /** Text tokens of the prompt. */
  readonly text: number;
  /** Visual tokens that would enter the LLM without merging, newlines counted. */
  readonly fullVisual: number;
  /** [layers] Sequence length that enters each layer at prefill. */
  readonly perLayer: readonly number[];
  /** [layers] Length of each layer's KV cache after prefill. */
  readonly kvPerLayer: readonly number[];
  /** How tokens were ranked, and the layers at which they were. */
  readonly ranking: RankingName | "none";
  readonly importanceLayers: readonly number[];
  /** Forward passes after prefill: one less than the tokens chosen, the end token counted. */
  readonly decodeSteps: number;
}

/**
 * The convention `exact`: the FLOPs that a run executes, stage by stage, 2 per multiply-add.
 *
 * Counted are matrix products (attention in full, n x n, as kernels without a causal shortcut run it), and beside them all of pooling,
 * merging (see mergingFlops) and ranking; norms, activations and the softmax of attention are left out. lm_head runs on one row a forward pass.
 * The full counterpart has the same encoded frames, prompt and answer length, and neither merges nor prunes.
 */
export function exactCost(input: ExactCostInput): ExactCost {
  const stages = stageTflops(input);
  const unpruned = input.perLayer.map(() => input.text + input.fullVisual);
  const full = stageTflops({ ...input, mergeFlops: 0, importanceLayers: [], perLayer: unpruned, kvPerLayer: unpruned });
  const tflops = sum(STAGES.map((stage) => stages[stage]));
  const fullTflops = sum(STAGES.map((stage) => full[stage]));
  const perLayerTflops = input.perLayer.map((tokens) => layerFlops(input.decoder, tokens, tokens) / 1e12);
  return { tflops, fullTflops, ratio: fullTflops / tflops, stages, perLayerTflops };
}

function stageTflops(input: ExactCostInput): Record<Stage, number> {
  const { decoder, vision, encodedFrames, perLayer, decodeSteps } = input;
  const ranked = (layer: number) =>
    input.ranking === "none" ? 0 : RANKING_FLOPS[input.ranking](decoder.heads, perLayer[layer] ?? 0);
  return {
    vision: (encodedFrames * towerFlops(vision)) / 1e12,
    projector: (encodedFrames * projectorFlops(vision)) / 1e12,
    pooling: (encodedFrames * poolingFlops(input.pooledTokens, vision.projected)) / 1e12,
    merge: input.mergeFlops / 1e12,
    prefill: sum(perLayer.map((tokens) => layerFlops(decoder, tokens, tokens))) / 1e12,
    ranking: sum(input.importanceLayers.map(ranked)) / 1e12,
    lmHead: ((1 + decodeSteps) * linear(decoder.hidden, decoder.vocab, 1)) / 1e12,
    decode: sum(input.kvPerLayer.map((cached) => decodeFlops(decoder, cached, decodeSteps))) / 1e12,
  };
}

const linear = (inputs: number, outputs: number, rows: number) => 2 * inputs * outputs * rows;

/** q.k and the weighted sum of values, over all heads. */
const attention = (width: number, queries: number, keys: number) => 2 * (2 * queries * keys * width);

function patches({ imageSizePx, patchSizePx }: VisionShape): number {
  return Math.floor(imageSizePx / patchSizePx) ** 2;
}

/** The vision tower on one frame, patch embedding included. */
function towerFlops(vision: VisionShape): number {
  const { layers, hidden, intermediate, patchSizePx } = vision;
  const n = patches(vision);
  const projections = 4 * linear(hidden, hidden, n);
  const mlp = 2 * linear(hidden, intermediate, n);
  return linear(3 * patchSizePx ** 2, hidden, n) + layers * (projections + attention(hidden, n, n) + mlp);
}

function projectorFlops(vision: VisionShape): number {
  const n = patches(vision);
  return linear(vision.hidden, vision.projected, n) + linear(vision.projected, vision.projected, n);
}

/** Every pooled value mixes four. */
function poolingFlops(pooledTokens: number, channels: number): number {
  return 2 * 4 * pooledTokens * channels;
}

/** One layer on `rows` new tokens that attend to `keys` tokens. */
function layerFlops(shape: DecoderShape, rows: number, keys: number): number {
  const { hidden, intermediate, heads, kvHeads, headDim } = shape;
  const projections = 2 * linear(hidden, heads * headDim, rows) + 2 * linear(hidden, kvHeads * headDim, rows);
  const mlp = 3 * linear(hidden, intermediate, rows);
  return projections + attention(heads * headDim, rows, keys) + mlp;
}

/** Ranking at one layer, beside its attention. PageRank: temperature and softmax (6 a logit), five vector-matrix products; then the mean over heads. */
const RANKING_FLOPS: Readonly<Record<RankingName, (heads: number, tokens: number) => number>> = {
  pagerank: (heads, tokens) => (6 + 5 * 2) * heads * tokens * tokens + (2 * heads + 1) * tokens,
  "last-query": (heads, tokens) => heads * tokens,
};

/** One layer in all decode steps, whose caches grow from `cached` tokens on. */
function decodeFlops(shape: DecoderShape, cached: number, steps: number): number {
  return sum(Array.from({ length: steps }, (_, step) => layerFlops(shape, 1, cached + step + 1)));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
