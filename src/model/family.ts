import type { Ops } from "#onnx/ops.ts";
import type { AttentionForm } from "./attention-form.ts";
import type { DecoderConfig, DecoderNames, VisionConfig } from "./config.ts";
import type { PictureFeatures, VisualLayout } from "./layout.ts";
import type { Recipe } from "./precision/recipe.ts";
import type { TensorStore } from "./store.ts";
import type { Weights } from "./weights.ts";

/** What a checkpoint folder holds, before a family has read it. */
export interface RawCheckpoint {
  /** config.json */
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: Weights;
}

/** One model of a family: its sizes, and all that is particular to it. */
export interface FamilyModel {
  readonly decoder: DecoderConfig;
  readonly decoderNames: DecoderNames;
  readonly vision: VisionConfig;
  /** Ids that stand for a medium in a tokenised prompt; kinds that are not named cannot be asked about. */
  readonly placeholders: Readonly<Partial<Record<"image" | "video", number>>>;
  /** Ids that end an answer where no file says. */
  readonly stopTokens?: readonly number[];
  /** The share of tokens in (0, 1] that merging leaves where nobody says; a quarter unless given. */
  readonly retention?: number;
  /** Tokens that the vision graph gives for a crop of a picture, and for a video frame. */
  readonly tokensPerCrop: number;
  readonly tokensPerFrame: number;
  /** Channels of a token as the vision graph gives it: the LLM's hidden size, unless a projector follows (`buildProjector`). */
  readonly encodedChannels: number;
  /** Whether the vision graph has the input `TOWER_MERGES` (see TowerMerging), so that similar tokens can merge inside the tower. */
  readonly mergesInTower?: boolean;
  /** Sizes in pixels, [height, width], to one of which a picture is cut into crops when it is one of `pictures`; none means the whole only. */
  pinpoints(pictures: number): readonly (readonly [height: number, width: number])[];
  /**
   * The graph of tower and projector: `VISION.pixels` [1, 3, size, size] to `VISION.crop` [tokensPerCrop, hidden] and, for
   * families with videos, `VISION.frame` [tokensPerFrame, hidden]. Without the projector where it has a graph of its own; then a token has
   * `encodedChannels`.
   */
  buildVision(store: TensorStore, recipe: Recipe, form?: AttentionForm["cached"]): Ops;
  /**
   * The graph of a projector that runs after merging: `PROJECTOR.tokens` [n, channels of the laid out features] to `PROJECTOR.projected` [n, hidden].
   * Such a model names `metricChannels` in `vision`, and its groups have a metric.
   */
  buildProjector?(store: TensorStore, recipe: Recipe): Ops;
  /** The order of a picture's tokens in the LLM. */
  layOutPicture(features: PictureFeatures): VisualLayout;
  /** The order of a video's tokens; `frames` are each [tokensPerFrame, hidden]. */
  layOutVideo(frames: readonly Float32Array[]): VisualLayout;
}

/** A family of checkpoints. A new one is a folder that exports one of these, and a line in families.ts. */
export interface Family {
  readonly id: string;
  /** Values of `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /** Checks and renames config.json. Throws `invalid-model` or `unsupported`, saying which field. */
  read(raw: RawCheckpoint): FamilyModel;
}

/** Names of the vision graph's inputs and outputs. */
export const VISION = { pixels: "pixel_values", crop: "crop", frame: "frame" } as const;

/** Names of the projector graph's input and output. */
export const PROJECTOR = { tokens: "tokens", projected: "projected" } as const;
