import type { ModelConfig } from "./config.ts";
import type { PictureFeatures, VisualLayout } from "./layout.ts";

/** What a checkpoint's config.json and weights say before a family has read them. */
export interface RawCheckpoint {
  readonly config: Readonly<Record<string, unknown>>;
  readonly hasWeight: (name: string) => boolean;
}

/** All that is particular to one family of checkpoints. A new family is a folder that exports one of these. */
export interface Family {
  readonly id: string;
  /** Values of `model_type` in config.json. */
  readonly modelTypes: readonly string[];
  /** Checks and renames config.json. Throws `invalid-model` or `unsupported`, saying which field. */
  readConfig(raw: RawCheckpoint): ModelConfig;
  /** The order of a picture's tokens in the LLM. */
  layOutPicture(features: PictureFeatures, config: ModelConfig): VisualLayout;
  /** The order of a video's tokens; `frames` are pooled, each [pooled, channels]. */
  layOutVideo(frames: readonly Float32Array[], config: ModelConfig): VisualLayout;
}
