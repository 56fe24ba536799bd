import type { RankingName } from "../method.ts";
import type { DecoderShape, VisionShape } from "./shape.ts";

/** What a run did, or is going to do: then `perLayer` and `importanceLayers` come from tokensEntering and rankedLayers. */
export interface ExactCostInput {
  readonly decoder: DecoderShape;
  readonly vision: VisionShape;
  /** Frames and crops that went through the vision tower; those with cached features cost nothing. */
  readonly encodedFrames: number;
  /** The share of its tokens that the vision tower had left at its end: VisionSettings.retention; 1 unless given. */
  readonly towerRetention?: number;
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
