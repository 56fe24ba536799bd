import type { PruneSettings } from "../prune-settings.ts";
import { rankedLayers, tokensEntering } from "../schedule.ts";
import { exactCost } from "./exact.ts";
import type { ExactCost } from "./report.ts";
import type { DecoderShape, VisionShape } from "./shape.ts";

/** A prompt that has not been run. */
export interface PlannedPrompt {
  readonly text: number;
  /** Visual tokens that enter the LLM. */
  readonly visual: number;
  /** Visual tokens that would enter it without merging. */
  readonly fullVisual: number;
  readonly prune: PruneSettings | "off";
}

/** Convention `exact` for an LLM's prefill alone, before it is run: PageRank and one row of lm_head included, vision and merging left out. */
export function plannedPrefill(decoder: DecoderShape, { text, visual, fullVisual, prune }: PlannedPrompt): ExactCost {
  const entering = tokensEntering(decoder.layers, text, visual, prune);
  return exactCost({
    decoder,
    vision: { ...NO_VISION, projected: decoder.hidden },
    encodedFrames: 0,
    pooledTokens: 0,
    mergeFlops: 0,
    text,
    fullVisual,
    perLayer: entering,
    kvPerLayer: entering,
    ranking: "pagerank",
    importanceLayers: rankedLayers(decoder.layers, visual, prune),
    decodeSteps: 0,
  });
}

const NO_VISION: Omit<VisionShape, "projected"> = {
  layers: 0,
  hidden: 0,
  intermediate: 0,
  heads: 0,
  imageSizePx: 0,
  patchSizePx: 1,
};
