/** What a random checkpoint looks like: the sizes of a LLaVA-OneVision model, or of a LLaVA-1.5 one, and how its weights are stored. */
export interface CheckpointSpec {
  /** LLaVA-OneVision unless given. */
  readonly family?: "llava";
  readonly text: TextShape;
  readonly vision: VisionShape;
  /** The embedding table is the output layer, too, so that no `lm_head` is stored. */
  readonly isTied: boolean;
  /** [height, width] in pixels. */
  readonly pinpoints: readonly (readonly [height: number, width: number])[];
  readonly dtype: "bf16" | "f16" | "f32";
  /** Weight files; more than one come with an index. */
  readonly shards: number;
  /** Tensor names as transformers wrote them at first, or as it does since 4.52. */
  readonly naming: "classic" | "current";
  readonly seed: number;
  /** Standard deviation of weights and biases; norm weights are 1. */
  readonly std: number;
}

export interface TextShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  readonly maxPositions: number;
}

export interface VisionShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly imageSizePx: number;
  readonly patchSizePx: number;
}

/** All sizes of 1 to `most` crops a side. */
function allPinpoints(cropPx: number, most: number): [height: number, width: number][] {
  const sides = Array.from({ length: most }, (_, i) => (i + 1) * cropPx);
  return sides.flatMap((height) => sides.map((width): [number, number] => [height, width]));
}

/**
 * Small enough to be made in a few milliseconds. Like the real models it has grouped heads, an odd grid of patches (7x7) and
 * pixels that fit no patch. `std` is larger than theirs, so that attention and MLPs matter in so narrow a model.
 */
export const TINY: CheckpointSpec = {
  text: { layers: 4, hidden: 64, heads: 4, kvHeads: 2, intermediate: 128, vocabulary: 720, maxPositions: 1024 },
  vision: { layers: 2, hidden: 48, heads: 4, intermediate: 96, imageSizePx: 60, patchSizePx: 8 },
  isTied: true,
  pinpoints: allPinpoints(60, 2),
  dtype: "f16",
  shards: 1,
  naming: "classic",
  seed: 1,
  std: 0.1,
};

/** SigLIP so400m, patch 14, 384 px, without its last layer. */
const SIGLIP: VisionShape = {
  layers: 26,
  hidden: 1152,
  heads: 16,
  intermediate: 4304,
  imageSizePx: 384,
  patchSizePx: 14,
};

/** LLaVA-OneVision 0.5B: Qwen2-0.5B. */
export const LLAVA_ONEVISION_0_5B: CheckpointSpec = {
  text: {
    layers: 24,
    hidden: 896,
    heads: 14,
    kvHeads: 2,
    intermediate: 4864,
    vocabulary: 152_000,
    maxPositions: 32_768,
  },
  vision: SIGLIP,
  isTied: true,
  pinpoints: allPinpoints(384, 6),
  dtype: "bf16",
  shards: 1,
  naming: "classic",
  seed: 1,
  std: 0.02,
};

/** LLaVA-OneVision 7B: Qwen2-7B. */
export const LLAVA_ONEVISION_7B: CheckpointSpec = {
  ...LLAVA_ONEVISION_0_5B,
  text: {
    layers: 28,
    hidden: 3584,
    heads: 28,
    kvHeads: 4,
    intermediate: 18_944,
    vocabulary: 152_128,
    maxPositions: 32_768,
  },
  isTied: false,
  shards: 4,
};
