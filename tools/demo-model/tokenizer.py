"""The tokenizer: text to token ids and back.

The text is lower-cased first; every byte has a token, so there is nothing a user can type that fails.
"""
import json
import re

from bpe import CHARACTERS, join_pair, split_words, to_characters

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>", "<video>"]
SPECIAL_PATTERN = re.compile("(" + "|".join(map(re.escape, SPECIALS)) + ")")
BYTES = {character: byte for byte, character in CHARACTERS.items()}


class Tokenizer:
    """vocab maps tokens to ids, special the five special tokens; `size` counts both."""

    def __init__(self, merges):
        """`merges`: pairs of tokens in the order in which they are joined."""
        self.merges = merges
        tokens = sorted(CHARACTERS.values()) + [first + second for first, second in merges]
        self.vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
        self.special = {token: len(self.vocab) + i for i, token in enumerate(SPECIALS)}
        self.size = len(self.vocab) + len(SPECIALS)
        self._rank = {pair: i for i, pair in enumerate(merges)}
        self._token = {i: token for token, i in self.vocab.items()}
        self._known_words = {}

    @classmethod
    def load(cls, folder):
        with open(f"{folder}/tokenizer.json", encoding="utf-8") as file:
            merges = json.load(file)["model"]["merges"]
        return cls([tuple(pair.split(" ")) for pair in merges])

    def encode(self, text):
        """Token ids; special tokens in the text become their ids."""
        ids = []
        for part in SPECIAL_PATTERN.split(text):
            if part in self.special:
                ids.append(self.special[part])
            else:
                for word in split_words(part):
                    ids += self._encode_word(word)
        return ids

    def decode(self, ids):
        """The text of the ids, without special tokens; broken UTF-8 becomes the replacement character."""
        characters = "".join(self._token.get(i, "") for i in ids)
        return bytes(BYTES[character] for character in characters).decode("utf-8", "replace")

    def _encode_word(self, word):
        if word not in self._known_words:
            parts = to_characters(word)
            while len(parts) > 1:
                pair = min(zip(parts, parts[1:]), key=lambda pair: self._rank.get(pair, len(self._rank)))
                if pair not in self._rank:
                    break
                parts = join_pair(parts, pair)
            self._known_words[word] = [self.vocab[part] for part in parts]
        return self._known_words[word]
