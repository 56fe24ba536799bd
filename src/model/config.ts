import type { DecoderShape, VisionShape } from "#core/cost/shape.ts";

/** A decoder-only LLM of the Qwen2 or Llama kind. */
export interface DecoderConfig extends DecoderShape {
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  /** Qwen2 has biases on q, k and v; Llama has none. */
  readonly hasQkvBias: boolean;
  readonly maxPositions: number;
}

/** Where a checkpoint keeps its LLM. */
export interface DecoderNames {
  /** What comes before `layers.0...`. */
  readonly prefix: string;
  /** The embedding table itself where the two are tied. */
  readonly lmHead: string;
}

export type Activation = "gelu" | "gelu-tanh" | "quick-gelu";

/** A ViT tower (`layers` of it are used, counted from the first) and its two-layer projector. */
export interface VisionConfig extends VisionShape {
  readonly normEpsilon: number;
  readonly activation: Activation;
  readonly projectorActivation: Activation;
}

/** Tokens along one side of an encoded picture. */
export function patchesPerSide(vision: VisionShape): number {
  return Math.floor(vision.imageSizePx / vision.patchSizePx);
}
