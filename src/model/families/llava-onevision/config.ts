import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { DecoderConfig, DecoderNames, VisionConfig } from "../../config.ts";
import { count, readConfigPart } from "../../config-reader.ts";
import type { RawCheckpoint } from "../../family.ts";
import { readTextConfig } from "../../text-config.ts";
import { readVisionConfig } from "../../vision-config.ts";
import type { VisionNames } from "./vision.ts";

const token = z.int().nonnegative().optional();

const schema = z.object({
  vision_feature_layer: z.int().default(-1),
  vision_feature_select_strategy: z.string().default("full"),
  vision_aspect_ratio: z.string().default("anyres_max_9"),
  projector_hidden_act: z.string().default("gelu"),
  image_grid_pinpoints: z.array(z.tuple([count, count])).default([]),
  image_token_index: token,
  image_token_id: token,
  video_token_index: token,
  video_token_id: token,
  tie_word_embeddings: z.boolean().default(false),
  text_config: z.unknown(),
  vision_config: z.looseObject({ model_type: z.literal("siglip_vision_model") }),
});

/** Everything that config.json says, checked and renamed. */
export interface Config {
  readonly decoder: DecoderConfig;
  readonly decoderNames: DecoderNames;
  readonly vision: VisionConfig;
  readonly visionNames: VisionNames;
  /** The embedding that ends rows and media. */
  readonly newline: string;
  readonly placeholders: { readonly image: number; readonly video: number };
  /** Sizes in pixels, [height, width], for pictures in crops. */
  readonly pinpoints: readonly (readonly [height: number, width: number])[];
  /** Grids of more tokens than this many crops have are shrunk to it. */
  readonly maxCrops: number;
}

/** Reads the config.json of a LLaVA-OneVision checkpoint in the Hugging Face layout. */
export function readConfig({ config, weights }: RawCheckpoint): Config {
  const raw = readConfigPart("config.json", schema, config);
  if (raw.vision_feature_select_strategy !== "full") {
    throw unsupported(`vision_feature_select_strategy ${raw.vision_feature_select_strategy}`, "full");
  }
  const { decoder, hasTiedEmbeddings } = readTextConfig(raw.text_config, "text_config");
  const featureLayer = raw.vision_feature_layer;
  return {
    decoder,
    vision: readVisionConfig(raw.vision_config, {
      featureLayer,
      projected: decoder.hidden,
      projectorActivation: raw.projector_hidden_act,
    }),
    pinpoints: raw.image_grid_pinpoints,
    maxCrops: maxCrops(raw.vision_aspect_ratio),
    placeholders: {
      image: placeholder("image", raw.image_token_index ?? raw.image_token_id),
      video: placeholder("video", raw.video_token_index ?? raw.video_token_id),
    },
    ...namesOf(weights.has("model.language_model.embed_tokens.weight"), hasTiedEmbeddings ?? raw.tie_word_embeddings),
  };
}

/** Older files say `language_model.model.`, newer ones `model.language_model.`; everything else moved with it. */
function namesOf(isNewer: boolean, isTied: boolean): Pick<Config, "decoderNames" | "visionNames" | "newline"> {
  const root = isNewer ? "model." : "";
  const prefix = isNewer ? "model.language_model." : "language_model.model.";
  const lmHead = isNewer ? "lm_head.weight" : "language_model.lm_head.weight";
  return {
    decoderNames: { prefix, lmHead: isTied ? `${prefix}embed_tokens.weight` : lmHead },
    visionNames: {
      prefix: `${root}vision_tower.vision_model.`,
      projector: [`${root}multi_modal_projector.linear_1`, `${root}multi_modal_projector.linear_2`],
    },
    newline: `${root}image_newline`,
  };
}

function maxCrops(aspectRatio: string): number {
  const match = /^anyres_max_(\d+)$/.exec(aspectRatio);
  if (match) return Number(match[1]);
  throw unsupported(`vision_aspect_ratio ${aspectRatio}`, "anyres_max_N");
}

function placeholder(kind: string, id: number | undefined): number {
  if (id !== undefined) return id;
  throw new AimError("invalid-model", `config.json: neither ${kind}_token_index nor ${kind}_token_id is there`, {
    hint: "download the checkpoint again",
  });
}

const unsupported = (found: string, supported: string) =>
  new AimError("unsupported", `the checkpoint has ${found}, which is not supported`, {
    hint: `supported: ${supported}`,
  });
