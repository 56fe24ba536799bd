import { mergeFrame, mergeSteps } from "#core/merge.ts";
import type { MergeSettings } from "#core/merge-settings.ts";
import { encodeClip } from "#core/reference/clip.ts";
import type { Decoder } from "#core/reference/decoder-layer.ts";
import { projectFeatures, type Vision } from "#core/reference/vision.ts";
import type { Weights as PlainWeights } from "#core/reference/weights.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import type { Weights } from "#model/weights.ts";

/** A LLaVA-1.5 checkpoint in plain TypeScript, by the tensor names of older files. */
export class PlainLlava {
  readonly vision: Vision;
  readonly decoder: Decoder;
  readonly #keyLayer: number;

  /** Keys come from layer `keyLayer`. */
  constructor({ model, weights }: Checkpoint, keyLayer: number) {
    const plain = plainWeights(weights);
    const projector = ["linear_1", "linear_2"].map((name) => `multi_modal_projector.${name}`);
    this.vision = {
      vision: model.vision,
      names: { vision: "vision_tower.vision_model.", projector: [projector[0] ?? "", projector[1] ?? ""] },
      weights: plain,
    };
    const { prefix, lmHead } = model.decoderNames;
    this.decoder = { decoder: model.decoder, names: { decoder: prefix, lmHead }, weights: plain };
    this.#keyLayer = keyLayer;
  }

  /** Features and keys of a picture [3, size, size], each [1 + patches, hidden]; the class token comes first. */
  encode(pixels: Float32Array): { features: Float32Array; keys: Float32Array } {
    return encodeClip(this.vision, pixels, this.#keyLayer);
  }

  /** What the LLM is given for a picture, [tokens left, the LLM's hidden]: its patches merged by their keys, and then projected. */
  tokens(pixels: Float32Array, settings: MergeSettings): Float32Array {
    const channels = this.vision.vision.hidden;
    const { features, keys } = this.encode(pixels);
    const values = features.subarray(channels);
    const tokens = values.length / channels;
    const metric = { values: keys.subarray(channels), channels };
    const merged = mergeFrame({ values, tokens, channels, metric }, mergeSteps(tokens, settings.retention), settings);
    return projectFeatures(this.vision, merged.values);
  }
}

function plainWeights(weights: Weights): PlainWeights {
  const read = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  return (name) => {
    if (!read.has(name) && weights.has(name)) {
      read.set(name, { shape: weights.entry(name).shape, data: weights.readFloat32(name) });
    }
    return read.get(name);
  };
}
