import { type CheckpointSpec, TINY } from "./spec.ts";

/**
 * LLaVA-1.5 as small as TINY, but with the real one's grid of 24 x 24 patches, of which a test can tell what merging does. Two of the tower's three
 * layers are used.
 */
export const TINY_LLAVA: CheckpointSpec = {
  ...TINY,
  family: "llava",
  text: { layers: 4, hidden: 64, heads: 4, kvHeads: 4, intermediate: 128, vocabulary: 576, maxPositions: 2048 },
  vision: { layers: 3, hidden: 48, heads: 4, intermediate: 96, imageSizePx: 48, patchSizePx: 2 },
  isTied: false,
  pinpoints: [],
};

/** LLaVA-1.5 7B: CLIP ViT-L/14 for 336 px, Vicuna-7B. */
export const LLAVA_1_5_7B: CheckpointSpec = {
  ...TINY_LLAVA,
  text: {
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 32,
    intermediate: 11_008,
    vocabulary: 32_064,
    maxPositions: 4096,
  },
  vision: { layers: 24, hidden: 1024, heads: 16, intermediate: 4096, imageSizePx: 336, patchSizePx: 14 },
  shards: 3,
  std: 0.02,
};
