import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { DecoderConfig } from "./config.ts";
import { count, readConfigPart } from "./config-reader.ts";

/** What files leave out, by the defaults of the reference implementation. */
const DEFAULTS: Readonly<Record<string, object>> = {
  qwen2: {
    hidden_size: 4096,
    intermediate_size: 22016,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    max_position_embeddings: 32768,
  },
  llama: {
    hidden_size: 4096,
    intermediate_size: 11008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    vocab_size: 32000,
    max_position_embeddings: 2048,
  },
};

const schema = z.object({
  model_type: z.enum(["qwen2", "llama"]),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count.max(1024),
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  vocab_size: count,
  hidden_act: z.string().default("silu"),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  rope_scaling: z.unknown().optional(),
  /** Where newer files keep both. */
  rope_parameters: z
    .looseObject({ rope_theta: z.number().positive().optional(), rope_type: z.string().default("default") })
    .nullish(),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  max_position_embeddings: count,
  use_sliding_window: z.boolean().default(false),
  tie_word_embeddings: z.boolean().optional(),
});

export interface TextConfig {
  readonly decoder: DecoderConfig;
  /** Undefined where this part of the file does not say. */
  readonly hasTiedEmbeddings: boolean | undefined;
}

/** Reads the LLM part of a config.json. Throws `invalid-model`, or `unsupported` for variants that would be computed wrongly. */
export function readTextConfig(value: unknown, where: string): TextConfig {
  const text = readConfigPart("config.json", schema, withDefaults(value), where);
  const heads = text.num_attention_heads;
  const kvHeads = text.num_key_value_heads ?? heads;
  const headDim = text.head_dim ?? text.hidden_size / heads;
  demand(text.hidden_act === "silu", `hidden_act ${text.hidden_act}`, "silu");
  demand(text.rope_scaling == null, "rope_scaling", "plain rotary embeddings");
  demand(
    (text.rope_parameters?.rope_type ?? "default") === "default",
    `rope_type ${text.rope_parameters?.rope_type}`,
    "plain rotary embeddings",
  );
  demand(!text.attention_bias, "attention_bias", "no bias but Qwen2's on q, k and v");
  demand(!text.mlp_bias, "mlp_bias", "no bias in the MLP");
  demand(!text.use_sliding_window, "use_sliding_window", "full attention");
  demand(Number.isInteger(headDim) && headDim % 2 === 0, `head size ${headDim}`, "an even size");
  demand(heads % kvHeads === 0, `${kvHeads} key heads for ${heads} heads`, "a divisor of the number of heads");
  return {
    hasTiedEmbeddings: text.tie_word_embeddings,
    decoder: {
      layers: text.num_hidden_layers,
      hidden: text.hidden_size,
      intermediate: text.intermediate_size,
      heads,
      kvHeads,
      headDim,
      vocab: text.vocab_size,
      normEpsilon: text.rms_norm_eps,
      ropeTheta: text.rope_parameters?.rope_theta ?? text.rope_theta ?? 10000,
      hasQkvBias: text.model_type === "qwen2",
      maxPositions: text.max_position_embeddings,
    },
  };
}

function withDefaults(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("model_type" in value)) return value;
  return { ...DEFAULTS[String(value.model_type)], ...value };
}

function demand(holds: boolean, found: string, supported: string): void {
  if (holds) return;
  throw new AimError("unsupported", `the language model has ${found}, which is not supported`, {
    hint: `use a checkpoint with ${supported}`,
  });
}
