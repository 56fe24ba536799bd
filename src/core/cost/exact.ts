import { type ExactCost, STAGES, type Stage } from "./report.ts";
import type { DecoderShape, VisionShape } from "./shape.ts";

/** Frames that were merged alike: each had `tokens` tokens, of which step k merged `steps[k]`. */
export interface MergeWork {
  readonly frames: number;
  readonly tokens: number;
  readonly steps: readonly number[];
}

/** What a run did, or is going to do: then `perLayer` and `importanceLayers` come from tokensEntering and pruningLayers. */
export interface ExactCostInput {
  readonly decoder: DecoderShape;
  readonly vision: VisionShape;
  /** Frames and crops that went through the vision tower; those with cached features cost nothing. */
  readonly encodedFrames: number;
  /** Tokens that pooling leaves of each of them, 0 where nothing is pooled. */
  readonly pooledTokens: number;
  readonly merges: readonly MergeWork[];
  /** Text tokens of the prompt. */
  readonly text: number;
  /** Visual tokens that would enter the LLM without merging, newlines counted. */
  readonly fullVisual: number;
  /** [layers] Sequence length that enters each layer at prefill. */
  readonly perLayer: readonly number[];
  /** [layers] Length of each layer's KV cache after prefill. */
  readonly kvPerLayer: readonly number[];
  /** Layers at which importance was computed. */
  readonly importanceLayers: readonly number[];
  /** Forward passes after prefill: one less than the tokens chosen, the end token counted. */
  readonly decodeSteps: number;
}

/**
 * The convention `exact`: the FLOPs that a run executes, stage by stage, 2 per multiply-add.
 *
 * Counted are matrix products (attention in full, n x n, as kernels without a causal shortcut run it), and beside them all of pooling,
 * merging and PageRank; norms, activations and the softmax of attention are left out. lm_head runs on one row a forward pass.
 * The full counterpart has the same encoded frames, prompt and answer length, and neither merges nor prunes.
 */
export function exactCost(input: ExactCostInput): ExactCost {
  const stages = stageTflops(input);
  const unpruned = input.perLayer.map(() => input.text + input.fullVisual);
  const full = stageTflops({ ...input, merges: [], importanceLayers: [], perLayer: unpruned, kvPerLayer: unpruned });
  const tflops = sum(STAGES.map((stage) => stages[stage]));
  const fullTflops = sum(STAGES.map((stage) => full[stage]));
  const perLayerTflops = input.perLayer.map((tokens) => layerFlops(input.decoder, tokens, tokens) / 1e12);
  return { tflops, fullTflops, ratio: fullTflops / tflops, stages, perLayerTflops };
}

function stageTflops(input: ExactCostInput): Record<Stage, number> {
  const { decoder, vision, encodedFrames, perLayer, decodeSteps } = input;
  const importanceTokens = input.importanceLayers.map((layer) => perLayer[layer] ?? 0);
  return {
    vision: (encodedFrames * towerFlops(vision)) / 1e12,
    projector: (encodedFrames * projectorFlops(vision)) / 1e12,
    pooling: (encodedFrames * poolingFlops(input.pooledTokens, vision.projected)) / 1e12,
    merge: sum(input.merges.map((work) => work.frames * mergeFlops(work, vision.projected))) / 1e12,
    prefill: sum(perLayer.map((tokens) => layerFlops(decoder, tokens, tokens))) / 1e12,
    pagerank: sum(importanceTokens.map((tokens) => pageRankFlops(decoder.heads, tokens))) / 1e12,
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

/** All steps on one frame: norms, similarity of every pair, sums and divisions of the means. */
function mergeFlops({ tokens, steps }: MergeWork, channels: number): number {
  let flops = 0;
  let remaining = tokens;
  for (const r of steps) {
    const odd = Math.floor(remaining / 2);
    const norms = 3 * remaining * channels;
    const similarity = 2 * (remaining - odd) * odd * channels;
    flops += norms + similarity + (r + odd) * channels;
    remaining -= r;
  }
  return flops;
}

/** One layer on `rows` new tokens that attend to `keys` tokens. */
function layerFlops(shape: DecoderShape, rows: number, keys: number): number {
  const { hidden, intermediate, heads, kvHeads, headDim } = shape;
  const projections = 2 * linear(hidden, heads * headDim, rows) + 2 * linear(hidden, kvHeads * headDim, rows);
  const mlp = 3 * linear(hidden, intermediate, rows);
  return projections + attention(heads * headDim, rows, keys) + mlp;
}

/** Importance at one layer: temperature and softmax (6 a logit), five vector-matrix products, the mean over heads. */
function pageRankFlops(heads: number, tokens: number): number {
  return (6 + 5 * 2) * heads * tokens * tokens + (2 * heads + 1) * tokens;
}

/** One layer in all decode steps, whose caches grow from `cached` tokens on. */
function decodeFlops(shape: DecoderShape, cached: number, steps: number): number {
  return sum(Array.from({ length: steps }, (_, step) => layerFlops(shape, 1, cached + step + 1)));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
