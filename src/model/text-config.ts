import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { DecoderConfig } from "./config.ts";
import { count, readConfigPart } from "./config-reader.ts";

/** Fields of a Qwen2 or Llama config.json, with the defaults of the reference implementation where files leave them out. */
const schema = z.object({
  model_type: z.enum(["qwen2", "llama"]),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count.max(1024),
  num_attention_heads: count,
  num_key_value_heads: count.optional(),
  head_dim: count.nullish(),
  vocab_size: count,
  hidden_act: z.string().default("silu"),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().default(10000),
  rope_scaling: z.unknown().optional(),
  attention_bias: z.boolean().optional(),
  max_position_embeddings: count.default(32768),
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
  const text = readConfigPart(schema, value, where);
  const heads = text.num_attention_heads;
  const kvHeads = text.num_key_value_heads ?? heads;
  const headDim = text.head_dim ?? text.hidden_size / heads;
  demand(text.hidden_act === "silu", `hidden_act ${text.hidden_act}`, "silu");
  demand(text.rope_scaling == null, "rope_scaling", "plain rotary embeddings");
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
      ropeTheta: text.rope_theta,
      hasQkvBias: text.model_type === "qwen2" || text.attention_bias === true,
      maxPositions: text.max_position_embeddings,
    },
  };
}

function demand(holds: boolean, found: string, supported: string): void {
  if (holds) return;
  throw new AimError("unsupported", `the language model has ${found}, which is not supported`, {
    hint: `use a checkpoint with ${supported}`,
  });
}
