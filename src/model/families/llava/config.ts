import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { DecoderConfig, DecoderNames, VisionConfig } from "../../config.ts";
import { count, readConfigPart } from "../../config-reader.ts";
import type { RawCheckpoint } from "../../family.ts";
import { readTextConfig } from "../../text-config.ts";
import { readVisionConfig } from "../../vision-config.ts";
import type { ProjectorNames, TowerNames } from "./vision.ts";

/** The tower of a file that has no `vision_config`: CLIP ViT-L/14 for 336 px. */
const CLIP_LARGE = {
  hidden_size: 1024,
  intermediate_size: 4096,
  num_hidden_layers: 24,
  num_attention_heads: 16,
  image_size: 336,
  patch_size: 14,
};

/** What a `vision_config` leaves out, by the defaults of the reference implementation. */
const CLIP_DEFAULTS = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_attention_heads: 12,
  image_size: 224,
  patch_size: 32,
  hidden_act: "quick_gelu",
  layer_norm_eps: 1e-5,
};

const DEFAULT_IMAGE_TOKEN = 32000;
/** `</s>` of Llama's tokenizer. */
const END_TOKEN = 2;

const schema = z.object({
  vision_feature_layer: z.union([z.int(), z.array(z.int())]).default(-2),
  vision_feature_select_strategy: z.string().default("default"),
  projector_hidden_act: z.string().default("gelu"),
  multimodal_projector_bias: z.boolean().default(true),
  image_token_index: z.int().nonnegative().optional(),
  image_token_id: z.int().nonnegative().optional(),
  tie_word_embeddings: z.boolean().default(false),
  vocab_size: count.optional(),
  text_config: z.looseObject({}).default({}),
  vision_config: z.looseObject({ num_hidden_layers: count.default(12) }).default(CLIP_LARGE),
});

/** Everything that config.json says, checked and renamed. */
export interface Config {
  readonly decoder: DecoderConfig;
  readonly decoderNames: DecoderNames;
  readonly vision: VisionConfig;
  readonly towerNames: TowerNames;
  readonly projectorNames: ProjectorNames;
  /** The layer, counted from 0, whose attention keys say how similar tokens are: the one that reads the features, or the tower's last. */
  readonly keyLayer: number;
  /** Whether the class token goes to the LLM, before the patches. */
  readonly keepsClassToken: boolean;
  readonly placeholders: { readonly image: number };
  /** Ids that end an answer where no file says. */
  readonly stopTokens: readonly number[];
}

/** Reads the config.json of a LLaVA-1.5 checkpoint in the Hugging Face layout. Throws `invalid-model` or `unsupported`. */
export function readConfig({ config, weights }: RawCheckpoint): Config {
  const raw = readConfigPart("config.json", schema, config);
  const tower = { ...CLIP_DEFAULTS, ...raw.vision_config };
  checkTower(tower);
  const text = { model_type: "llama", ...(raw.vocab_size && { vocab_size: raw.vocab_size }), ...raw.text_config };
  const { decoder, hasTiedEmbeddings } = readTextConfig(text, "text_config");
  const vision = readVisionConfig(tower, {
    featureLayer: featureLayer(raw.vision_feature_layer),
    projected: decoder.hidden,
    projectorActivation: raw.projector_hidden_act,
  });
  return {
    decoder,
    vision: { ...vision, classTokens: 1, metricChannels: vision.hidden },
    keyLayer: Math.min(vision.layers, tower.num_hidden_layers - 1),
    keepsClassToken: keepsClassToken(raw.vision_feature_select_strategy),
    placeholders: { image: raw.image_token_index ?? raw.image_token_id ?? DEFAULT_IMAGE_TOKEN },
    stopTokens: [END_TOKEN],
    ...namesOf(weights.has("model.language_model.embed_tokens.weight"), {
      isTied: hasTiedEmbeddings ?? raw.tie_word_embeddings,
      hasBias: raw.multimodal_projector_bias,
    }),
  };
}

/** Older files say `language_model.model.`, newer ones `model.language_model.`; everything else moved with it. */
function namesOf(
  isNewer: boolean,
  { isTied, hasBias }: { isTied: boolean; hasBias: boolean },
): Pick<Config, "decoderNames" | "towerNames" | "projectorNames"> {
  const root = isNewer ? "model." : "";
  const prefix = isNewer ? "model.language_model." : "language_model.model.";
  const lmHead = isNewer ? "lm_head.weight" : "language_model.lm_head.weight";
  const projector = `${root}multi_modal_projector.`;
  return {
    decoderNames: { prefix, lmHead: isTied ? `${prefix}embed_tokens.weight` : lmHead },
    towerNames: { prefix: `${root}vision_tower.vision_model.` },
    projectorNames: { first: `${projector}linear_1`, second: `${projector}linear_2`, hasBias },
  };
}

function checkTower(tower: Readonly<Record<string, unknown>>): void {
  const type = tower.model_type ?? "clip_vision_model";
  if (type !== "clip_vision_model") throw unsupported(`a vision tower of type ${type}`, "clip_vision_model");
}

function featureLayer(said: number | readonly number[]): number {
  if (typeof said === "number") return said;
  const [layer, ...more] = said;
  if (layer !== undefined && more.length === 0) return layer;
  throw unsupported(`vision_feature_layer [${said.join(", ")}]`, "the features of one layer");
}

function keepsClassToken(strategy: string): boolean {
  if (strategy === "default" || strategy === "full") return strategy === "full";
  throw unsupported(`vision_feature_select_strategy ${strategy}`, "default, full");
}

const unsupported = (found: string, supported: string) =>
  new AimError("unsupported", `the checkpoint has ${found}, which is not supported`, {
    hint: `supported: ${supported}`,
  });
