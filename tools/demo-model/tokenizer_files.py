"""Writes the tokenizer as the files that Hugging Face libraries read."""
import json

CHAT_SPECIALS = ["<|im_start|>", "<|im_end|>", "<image>", "<video>"]

# Media marks first, then the text on a new line, as LLaVA-OneVision prompts have it.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + (' ' if message['role'] != 'assistant' else '\n') }}"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}{{ '<image>' }}"
    "{% elif part['type'] == 'video' %}{{ '<video>' }}{% endif %}{% endfor %}"
    "{% for part in message['content'] %}{% if part['type'] == 'text' %}"
    "{{ ('\n' if message['role'] != 'assistant' else '') + part['text'] }}{% endif %}{% endfor %}"
    "{% endif %}{{ '<|im_end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def save_tokenizer(tokenizer, folder):
    write_json(f"{folder}/tokenizer.json", tokenizer_json(tokenizer))
    write_json(f"{folder}/vocab.json", tokenizer.vocab)
    with open(f"{folder}/merges.txt", "w", encoding="utf-8") as file:
        file.write("#version: 0.2\n")
        file.writelines(f"{first} {second}\n" for first, second in tokenizer.merges)
    write_json(f"{folder}/added_tokens.json", tokenizer.special, indent=2)
    write_json(f"{folder}/special_tokens_map.json", {
        "additional_special_tokens": CHAT_SPECIALS, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>",
    }, indent=2)
    write_json(f"{folder}/tokenizer_config.json", tokenizer_config(tokenizer), indent=2)
    write_json(f"{folder}/chat_template.json", {"chat_template": CHAT_TEMPLATE}, indent=2)


def write_json(path, content, indent=None):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=indent)


def special_token(text):
    """How both tokenizer files describe a special token: found as it stands, before lower-casing."""
    return {"content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
            "special": True}


def tokenizer_json(tokenizer):
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, **special_token(text)} for text, i in tokenizer.special.items()],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": tokenizer.vocab, "merges": [f"{first} {second}" for first, second in tokenizer.merges],
        },
    }


def tokenizer_config(tokenizer):
    return {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": {str(i): special_token(text) for text, i in tokenizer.special.items()},
        "additional_special_tokens": CHAT_SPECIALS,
        "bos_token": None,
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "unk_token": None,
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "errors": "replace",
        "model_max_length": 1024,
        "split_special_tokens": False,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
