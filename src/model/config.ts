import type { DecoderShape, VisionShape } from "#core/cost/shape.ts";

/** A decoder-only LLM of the Qwen2 or Llama kind. */
export interface DecoderConfig extends DecoderShape {
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  /** Qwen2 has biases on q, k and v; Llama has none. */
  readonly hasQkvBias: boolean;
  readonly maxPositions: number;
}

export type Activation = "gelu" | "gelu-tanh" | "quick-gelu";

/** A ViT tower (`layers` of it are used, counted from the first) and its two-layer projector. */
export interface VisionConfig extends VisionShape {
  readonly normEpsilon: number;
  readonly activation: Activation;
  readonly projectorActivation: Activation;
}

/** Where a checkpoint keeps its tensors: the part of a name before `layers.0...`, or whole names. */
export interface WeightNames {
  readonly decoder: string;
  /** The embedding table itself where the two are tied. */
  readonly lmHead: string;
  readonly vision: string;
  readonly projector: readonly [first: string, second: string];
  readonly newline: string;
}

/** How a picture becomes crops and tokens. */
export interface PictureConfig {
  /** Any-resolution sizes in pixels, [height, width]; none means base crop only. */
  readonly pinpoints: readonly (readonly [height: number, width: number])[];
  /** Grids of more tokens than this many crops have are shrunk to it. */
  readonly maxCrops: number;
}

/** Everything that config.json says, checked and renamed. */
export interface ModelConfig {
  readonly decoder: DecoderConfig;
  readonly vision: VisionConfig;
  readonly picture: PictureConfig;
  readonly names: WeightNames;
  /** Ids that stand for a picture or a video in a tokenised prompt. */
  readonly placeholders: { readonly image: number; readonly video: number };
}

/** Tokens along one side of an encoded crop. */
export function patchesPerSide(vision: VisionShape): number {
  return Math.floor(vision.imageSizePx / vision.patchSizePx);
}
