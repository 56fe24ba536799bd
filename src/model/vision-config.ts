import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { Activation, VisionConfig } from "./config.ts";
import { count, readConfigPart } from "./config-reader.ts";

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_pytorch_tanh: "gelu-tanh",
  quick_gelu: "quick-gelu",
};

/** Fields of the ViT part of a config.json. */
const schema = z.object({
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count.max(1024),
  num_attention_heads: count,
  num_channels: z.literal(3).default(3),
  image_size: count,
  patch_size: count,
  hidden_act: z.string().default("gelu_pytorch_tanh"),
  layer_norm_eps: z.number().positive().default(1e-6),
});

/** Reads the ViT part of a config.json. `featureLayer` is counted as in the reference: -1 is the last layer, -2 the one before. */
export function readVisionConfig(
  value: unknown,
  options: { featureLayer: number; projected: number; projectorActivation: string },
): VisionConfig {
  const raw = readConfigPart("config.json", schema, value, "vision_config");
  // hidden_states[0] are the embeddings, so that -1 means all layers.
  const layers = options.featureLayer < 0 ? raw.num_hidden_layers + 1 + options.featureLayer : options.featureLayer;
  if (layers < 1 || layers > raw.num_hidden_layers) {
    throw new AimError(
      "invalid-model",
      `vision_feature_layer ${options.featureLayer} is outside a tower of ${raw.num_hidden_layers} layers`,
      { hint: "download config.json again" },
    );
  }
  return {
    layers,
    hidden: raw.hidden_size,
    intermediate: raw.intermediate_size,
    heads: raw.num_attention_heads,
    imageSizePx: raw.image_size,
    patchSizePx: raw.patch_size,
    projected: options.projected,
    normEpsilon: raw.layer_norm_eps,
    activation: activation(raw.hidden_act),
    projectorActivation: activation(options.projectorActivation),
  };
}

function activation(name: string): Activation {
  const known = ACTIVATIONS[name];
  if (known) return known;
  throw new AimError("unsupported", `the checkpoint has activation ${name}, which is not supported`, {
    hint: `supported: ${Object.keys(ACTIVATIONS).join(", ")}`,
  });
}
