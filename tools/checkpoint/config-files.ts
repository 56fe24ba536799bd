import type { CheckpointSpec } from "./spec.ts";

/** Ids of the demo model's tokenizer, which random checkpoints share. */
export const TOKENS = { endOfText: 713, start: 714, end: 715, image: 716, video: 717 } as const;

const TORCH_DTYPES = { f32: "float32", f16: "float16", bf16: "bfloat16" } as const;

/** The JSON files of a checkpoint that say how it is built: file name -> content. */
export function configFiles(spec: CheckpointSpec): Readonly<Record<string, object>> {
  return {
    "config.json": config(spec),
    "generation_config.json": {
      bos_token_id: TOKENS.endOfText,
      eos_token_id: [TOKENS.end, TOKENS.endOfText],
      pad_token_id: TOKENS.endOfText,
      do_sample: false,
    },
    "preprocessor_config.json": {
      ...preprocessor(spec),
      do_pad: true,
      image_grid_pinpoints: spec.pinpoints,
      image_processor_type: "LlavaOnevisionImageProcessor",
    },
    "video_preprocessor_config.json": { ...preprocessor(spec), video_processor_type: "LlavaOnevisionVideoProcessor" },
    "processor_config.json": {
      image_token: "<image>",
      video_token: "<video>",
      num_image_tokens: Math.floor(spec.vision.imageSizePx / spec.vision.patchSizePx) ** 2,
      processor_class: "LlavaOnevisionProcessor",
      vision_feature_select_strategy: "full",
      vision_aspect_ratio: "anyres_max_9",
    },
  };
}

function config({ text, vision, isTied, pinpoints, dtype }: CheckpointSpec): object {
  return {
    architectures: ["LlavaOnevisionForConditionalGeneration"],
    ignore_index: -100,
    image_grid_pinpoints: pinpoints,
    image_token_index: TOKENS.image,
    model_type: "llava_onevision",
    projector_hidden_act: "gelu",
    text_config: {
      architectures: ["Qwen2ForCausalLM"],
      bos_token_id: TOKENS.endOfText,
      eos_token_id: TOKENS.end,
      hidden_act: "silu",
      hidden_size: text.hidden,
      intermediate_size: text.intermediate,
      max_position_embeddings: text.maxPositions,
      max_window_layers: text.layers,
      model_type: "qwen2",
      num_attention_heads: text.heads,
      num_hidden_layers: text.layers,
      num_key_value_heads: text.kvHeads,
      rms_norm_eps: 1e-6,
      rope_theta: 1e6,
      tie_word_embeddings: isTied,
      torch_dtype: TORCH_DTYPES[dtype],
      use_sliding_window: false,
      vocab_size: text.vocabulary,
    },
    tie_word_embeddings: isTied,
    torch_dtype: TORCH_DTYPES[dtype],
    use_image_newline_parameter: true,
    video_token_index: TOKENS.video,
    vision_aspect_ratio: "anyres_max_9",
    vision_config: {
      hidden_act: "gelu_pytorch_tanh",
      hidden_size: vision.hidden,
      image_size: vision.imageSizePx,
      intermediate_size: vision.intermediate,
      layer_norm_eps: 1e-6,
      model_type: "siglip_vision_model",
      num_attention_heads: vision.heads,
      num_channels: 3,
      num_hidden_layers: vision.layers,
      patch_size: vision.patchSizePx,
      vision_use_head: false,
    },
    vision_feature_layer: -1,
    vision_feature_select_strategy: "full",
  };
}

function preprocessor({ vision }: CheckpointSpec): object {
  return {
    do_convert_rgb: true,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
    processor_class: "LlavaOnevisionProcessor",
    resample: 3,
    rescale_factor: 1 / 255,
    size: { height: vision.imageSizePx, width: vision.imageSizePx },
  };
}
