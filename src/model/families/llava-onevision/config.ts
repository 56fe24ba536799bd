import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { Activation, ModelConfig, VisionConfig, WeightNames } from "../../config.ts";
import { count, readConfigPart } from "../../config-reader.ts";
import type { RawCheckpoint } from "../../family.ts";
import { readTextConfig } from "../../text-config.ts";

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_pytorch_tanh: "gelu-tanh",
  quick_gelu: "quick-gelu",
};

const schema = z.object({
  vision_feature_layer: z.int().default(-1),
  vision_feature_select_strategy: z.string().default("full"),
  vision_aspect_ratio: z.string().default("anyres_max_9"),
  projector_hidden_act: z.string().default("gelu"),
  image_grid_pinpoints: z.array(z.tuple([count, count])).default([]),
  image_token_index: z.int().nonnegative().optional(),
  image_token_id: z.int().nonnegative().optional(),
  video_token_index: z.int().nonnegative().optional(),
  video_token_id: z.int().nonnegative().optional(),
  tie_word_embeddings: z.boolean().default(false),
  text_config: z.unknown(),
  vision_config: z.object({
    model_type: z.literal("siglip_vision_model"),
    hidden_size: count,
    intermediate_size: count,
    num_hidden_layers: count.max(1024),
    num_attention_heads: count,
    num_channels: z.literal(3).default(3),
    image_size: count,
    patch_size: count,
    hidden_act: z.string().default("gelu_pytorch_tanh"),
    layer_norm_eps: z.number().positive().default(1e-6),
  }),
});

/** Reads the config.json of a LLaVA-OneVision checkpoint in the Hugging Face layout. */
export function readConfig({ config, hasWeight }: RawCheckpoint): ModelConfig {
  const raw = readConfigPart(schema, config, "config");
  const { decoder, hasTiedEmbeddings } = readTextConfig(raw.text_config, "text_config");
  const names = weightNames(hasWeight, hasTiedEmbeddings ?? raw.tie_word_embeddings);
  return {
    decoder,
    vision: readVision(raw, decoder.hidden),
    picture: { pinpoints: raw.image_grid_pinpoints, maxCrops: maxCrops(raw.vision_aspect_ratio) },
    names,
    placeholders: {
      image: placeholder("image", raw.image_token_index ?? raw.image_token_id),
      video: placeholder("video", raw.video_token_index ?? raw.video_token_id),
    },
  };
}

function readVision(raw: z.infer<typeof schema>, projected: number): VisionConfig {
  const { vision_config: vision } = raw;
  if (raw.vision_feature_select_strategy !== "full") {
    throw unsupported(`vision_feature_select_strategy ${raw.vision_feature_select_strategy}`, "full");
  }
  // hidden_states[0] are the embeddings, so that -1 means all layers and -2 all but the last.
  const layers = raw.vision_feature_layer < 0 ? vision.num_hidden_layers + 1 + raw.vision_feature_layer : raw.vision_feature_layer;
  if (layers < 1 || layers > vision.num_hidden_layers) {
    throw new AimError("invalid-model", `vision_feature_layer ${raw.vision_feature_layer} is outside a tower of ${vision.num_hidden_layers} layers`);
  }
  return {
    layers,
    hidden: vision.hidden_size,
    intermediate: vision.intermediate_size,
    heads: vision.num_attention_heads,
    imageSizePx: vision.image_size,
    patchSizePx: vision.patch_size,
    projected,
    normEpsilon: vision.layer_norm_eps,
    activation: activation(vision.hidden_act),
    projectorActivation: activation(raw.projector_hidden_act),
  };
}

/** Older files say `language_model.model.`, newer ones `model.language_model.`; everything else moved with it. */
function weightNames(hasWeight: (name: string) => boolean, isTied: boolean): WeightNames {
  const isNewer = hasWeight("model.language_model.embed_tokens.weight");
  const root = isNewer ? "model." : "";
  const decoder = isNewer ? "model.language_model." : "language_model.model.";
  return {
    decoder,
    lmHead: isTied ? `${decoder}embed_tokens.weight` : isNewer ? "lm_head.weight" : "language_model.lm_head.weight",
    vision: `${root}vision_tower.vision_model.`,
    projector: [`${root}multi_modal_projector.linear_1`, `${root}multi_modal_projector.linear_2`],
    newline: `${root}image_newline`,
  };
}

function activation(name: string): Activation {
  const known = ACTIVATIONS[name];
  if (known) return known;
  throw unsupported(`activation ${name}`, Object.keys(ACTIVATIONS).join(", "));
}

function maxCrops(aspectRatio: string): number {
  const match = /^anyres_max_(\d+)$/.exec(aspectRatio);
  if (match) return Number(match[1]);
  throw unsupported(`vision_aspect_ratio ${aspectRatio}`, "anyres_max_N");
}

function placeholder(kind: string, id: number | undefined): number {
  if (id !== undefined) return id;
  throw new AimError("invalid-model", `config.json: neither ${kind}_token_index nor ${kind}_token_id is there`);
}

const unsupported = (found: string, supported: string) =>
  new AimError("unsupported", `the checkpoint has ${found}, which is not supported`, { hint: `supported: ${supported}` });
