import { exactCost } from "#core/cost/exact.ts";
import type { DecoderShape } from "#core/cost/shape.ts";
import type { PruneSettings } from "#core/prune-settings.ts";
import { rankedLayers, tokensEntering } from "#core/schedule.ts";

/** FLOPs of an LLM's prefill under the convention `exact`, PageRank and lm_head included, vision left out. */
export function plannedCost(
  decoder: DecoderShape,
  prompt: { text: number; visual: number; prune: PruneSettings | "off" },
): number {
  const entering = tokensEntering(decoder.layers, prompt.text, prompt.visual, prompt.prune);
  const importanceLayers = rankedLayers(decoder.layers, prompt.visual, prompt.prune);
  const noVision = {
    layers: 0,
    hidden: 0,
    intermediate: 0,
    heads: 0,
    imageSizePx: 0,
    patchSizePx: 1,
    projected: decoder.hidden,
  };
  const work = { encodedFrames: 0, pooledTokens: 0, mergeFlops: 0, decodeSteps: 0, vision: noVision };
  const counts = { text: prompt.text, fullVisual: prompt.visual, perLayer: entering, kvPerLayer: entering };
  return exactCost({ decoder, ...work, ...counts, ranking: "pagerank", importanceLayers }).tflops * 1e12;
}
