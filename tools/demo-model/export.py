"""Writes the checkpoint as a Hugging Face folder: weights in half precision, configuration and tokenizer."""
import json
import os

from tokenizer_files import save_tokenizer
from weights import save_safetensors

PROCESSOR = "LlavaOnevisionProcessor"
TRANSFORMERS = "4.45.0.dev0"                            # the version whose format this is


def save_checkpoint(net, tokenizer, folder):
    os.makedirs(folder, exist_ok=True)
    save_safetensors(net.state_dict(), f"{folder}/model.safetensors")
    save_tokenizer(tokenizer, folder)
    files = {
        "config.json": model_config(net, tokenizer.special),
        "generation_config.json": generation_config(tokenizer.special),
        "preprocessor_config.json": image_processor_config(net.config),
        "video_preprocessor_config.json": video_processor_config(net.config),
        "processor_config.json": processor_config(net.config),
    }
    for name, content in files.items():
        with open(f"{folder}/{name}", "w") as file:
            file.write(json.dumps(content, indent=2) + "\n")


def model_config(net, special):
    return {
        "architectures": ["LlavaOnevisionForConditionalGeneration"],
        "ignore_index": -100,
        "image_grid_pinpoints": [],                     # no crops: a picture is its base view alone
        "image_token_index": special["<image>"],
        "model_type": "llava_onevision",
        "projector_hidden_act": "gelu",
        "text_config": text_config(net, special),
        "tie_word_embeddings": True,
        "torch_dtype": "float16",
        "transformers_version": TRANSFORMERS,
        "use_image_newline_parameter": True,
        "video_token_index": special["<video>"],
        "vision_aspect_ratio": "anyres_max_9",
        "vision_config": vision_config(net.config),
        "vision_feature_layer": -1,
        "vision_feature_select_strategy": "full",
    }


def text_config(net, special):
    config = net.config
    return {
        "architectures": ["Qwen2ForCausalLM"],
        "attention_dropout": 0.0,
        "bos_token_id": special["<|endoftext|>"],
        "eos_token_id": special["<|im_end|>"],
        "hidden_act": "silu",
        "hidden_size": config.width,
        "initializer_range": 0.02,
        "intermediate_size": config.inner,
        "max_position_embeddings": config.positions,
        "max_window_layers": config.layers,
        "model_type": "qwen2",
        "num_attention_heads": config.heads,
        "num_hidden_layers": config.layers,
        "num_key_value_heads": config.kv_heads,
        "rms_norm_eps": 1e-6,
        "rope_theta": config.rope_theta,
        "sliding_window": config.positions,
        "tie_word_embeddings": True,
        "torch_dtype": "float16",
        "use_cache": True,
        "use_sliding_window": False,
        "vocab_size": len(net.embedding),
    }


def vision_config(config):
    return {
        "attention_dropout": 0.0,
        "hidden_act": "gelu_pytorch_tanh",
        "hidden_size": config.vision_width,
        "image_size": config.image_side,
        "intermediate_size": config.vision_inner,
        "layer_norm_eps": 1e-6,
        "model_type": "siglip_vision_model",
        "num_attention_heads": config.vision_heads,
        "num_channels": 3,
        "num_hidden_layers": config.vision_layers,
        "patch_size": config.patch_side,
        "vision_use_head": False,
    }


def generation_config(special):
    return {
        "bos_token_id": special["<|endoftext|>"],
        "eos_token_id": [special["<|im_end|>"], special["<|endoftext|>"]],
        "pad_token_id": special["<|endoftext|>"],
        "do_sample": False,
        "max_new_tokens": 24,
        "transformers_version": TRANSFORMERS,
    }


def preprocessing(config):
    """What pictures and frames have in common."""
    return {
        "do_convert_rgb": True,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "resample": 3,                                  # bicubic
        "rescale_factor": 1 / 255,
        "size": {"height": config.image_side, "width": config.image_side},
    }


def image_processor_config(config):
    return {
        **preprocessing(config),
        "do_pad": True,
        "image_grid_pinpoints": [],
        "image_processor_type": "LlavaOnevisionImageProcessor",
        "processor_class": PROCESSOR,
    }


def video_processor_config(config):
    return {
        **preprocessing(config),
        "video_processor_type": "LlavaOnevisionVideoProcessor",
        "processor_class": PROCESSOR,
    }


def processor_config(config):
    return {
        "image_token": "<image>",
        "video_token": "<video>",
        "num_image_tokens": config.patches,
        "processor_class": PROCESSOR,
        "vision_feature_select_strategy": "full",
        "vision_aspect_ratio": "anyres_max_9",
    }
