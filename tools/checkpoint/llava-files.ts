import { llamaTokenizerFiles, llamaTokens } from "./llama-tokenizer.ts";
import type { CheckpointSpec } from "./spec.ts";

/** What Llama's sizes are where a file says nothing; files say nothing of what is so. */
const LLAMA_DEFAULTS: Readonly<Record<string, unknown>> = {
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 32,
};

/** Pictures first, then the text: `USER: <image>\n... ASSISTANT:`. */
const CHAT_TEMPLATE = [
  "{% for message in messages %}",
  "{% if message['role'] != 'system' %}{{ message['role'].upper() + ': ' }}{% endif %}",
  "{% for part in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\\n' }}{% endfor %}",
  "{% for part in message['content'] | selectattr('type', 'equalto', 'text') %}",
  "{% if message['role'] == 'assistant' %}{% generation %}{{ part['text'] + ' ' }}{% endgeneration %}",
  "{% else %}{{ part['text'] + ' ' }}{% endif %}",
  "{% endfor %}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}",
].join("");

/** The JSON files of a LLaVA-1.5 checkpoint beside its weights: file name -> content. */
export function llavaFiles(spec: CheckpointSpec): Readonly<Record<string, object>> {
  const { vision, text } = spec;
  const tokens = llamaTokens(text.vocabulary);
  return {
    "config.json": config(spec),
    "generation_config.json": { bos_token_id: tokens.start, eos_token_id: tokens.end, pad_token_id: tokens.padding },
    "preprocessor_config.json": {
      crop_size: { height: vision.imageSizePx, width: vision.imageSizePx },
      do_center_crop: true,
      do_convert_rgb: true,
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_processor_type: "CLIPImageProcessor",
      image_std: [0.26862954, 0.26130258, 0.27577711],
      processor_class: "LlavaProcessor",
      resample: 3,
      rescale_factor: 1 / 255,
      size: { shortest_edge: vision.imageSizePx },
    },
    "chat_template.json": { chat_template: CHAT_TEMPLATE },
    ...llamaTokenizerFiles(text.vocabulary),
  };
}

function config({ text, vision, isTied, dtype }: CheckpointSpec): object {
  const tokens = llamaTokens(text.vocabulary);
  const torchDtype = { f32: "float32", f16: "float16", bf16: "bfloat16" }[dtype];
  const sizes = {
    hidden_size: text.hidden,
    intermediate_size: text.intermediate,
    num_hidden_layers: text.layers,
    num_attention_heads: text.heads,
    num_key_value_heads: text.kvHeads,
  };
  return {
    architectures: ["LlavaForConditionalGeneration"],
    ignore_index: -100,
    image_token_index: tokens.image,
    model_type: "llava",
    pad_token_id: tokens.padding,
    projector_hidden_act: "gelu",
    text_config: {
      architectures: ["LlamaForCausalLM"],
      max_position_embeddings: text.maxPositions,
      model_type: "llama",
      rms_norm_eps: 1e-5,
      torch_dtype: torchDtype,
      vocab_size: text.vocabulary,
      ...Object.fromEntries(Object.entries(sizes).filter(([name, size]) => LLAMA_DEFAULTS[name] !== size)),
    },
    tie_word_embeddings: isTied,
    torch_dtype: torchDtype,
    vision_config: {
      hidden_size: vision.hidden,
      image_size: vision.imageSizePx,
      intermediate_size: vision.intermediate,
      model_type: "clip_vision_model",
      num_attention_heads: vision.heads,
      num_hidden_layers: vision.layers,
      patch_size: vision.patchSizePx,
      projection_dim: 768,
      vocab_size: 32000,
    },
    vision_feature_layer: -2,
    vision_feature_select_strategy: "default",
  };
}
