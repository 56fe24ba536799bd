"""Byte-level byte-pair encoding: how words fall into characters, and which pairs of characters are joined."""
import re
from collections import Counter

# The word pattern of GPT-2 and the ByteLevel pre-tokenizer, written for `re`: letters are \w without digits and _.
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def byte_characters():
    """The printable character that stands for each of the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + k) for k, byte in enumerate(others)}}


CHARACTERS = byte_characters()


def to_characters(word):
    return [CHARACTERS[byte] for byte in word.encode("utf-8")]


def split_words(text):
    """The lower-cased words of a text, each with the space before it."""
    return WORDS.findall(text.lower())


def join_pair(parts, pair):
    """`parts` with every neighbouring `pair` joined, from left to right."""
    joined, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            joined.append(parts[i] + parts[i + 1])
            i += 2
        else:
            joined.append(parts[i])
            i += 1
    return joined


def train_bpe(texts, most=900):
    """The pairs to join, in order: always the commonest, until every word is one token (or `most` pairs)."""
    counts = Counter(word for text in texts for word in split_words(text))
    words = {tuple(to_characters(word)): count for word, count in counts.items()}
    merges = []
    while len(merges) < most:
        pairs = Counter()
        for parts, count in words.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += count
        if not pairs:
            break
        commonest = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(commonest)
        words = {tuple(join_pair(parts, commonest)): count for parts, count in words.items()}
    return merges
