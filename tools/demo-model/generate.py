"""Greedy answers to one question on one picture or clip, with or without AIM."""
from typing import NamedTuple

import torch

from aim import importance, merge_tokens, retained
from language_model import rotary
from mixed_precision import attend

MARKS = {"image": "<image>", "video": "<video>"}
MOST_TOKENS = 24


class Answer(NamedTuple):
    ids: list               # token ids of the answer, without the end
    first_logits: torch.Tensor          # of the first answer token, [vocabulary]
    tokens_per_layer: list  # sequence length that enters each layer at prefill


def prompt(tokenizer, modality, question):
    """Token ids of the chat with one question; one id stands for all the visual tokens."""
    return tokenizer.encode(f"<|im_start|>user {MARKS[modality]}\n{question}<|im_end|><|im_start|>assistant\n")


@torch.no_grad()
def generate(net, tokenizer, features, modality, ids, merge=1.0, schedule=None):
    """Answer the prompt `ids` on patch features [frames, 196, vision_width].

    `merge`: share of the visual tokens that merging leaves; `schedule`: first and last layer of pruning, or None.
    """
    visual = merge_tokens(net.project(features, modality == "video"), merge)
    visual = torch.cat([visual.flatten(0, 1), net.image_newline[None]])
    at = ids.index(tokenizer.special[MARKS[modality]])
    x = torch.cat([net.embedding[ids[:at]], visual, net.embedding[ids[at + 1:]]])[None]
    is_visual = torch.zeros(x.shape[1], dtype=torch.bool)
    is_visual[at:at + len(visual)] = True
    first_logits, cache, tokens_per_layer = prefill(net, x, is_visual, schedule)
    answer = decode(net, first_logits, cache, x.shape[1], tokenizer.special["<|im_end|>"])
    return Answer(answer, first_logits, tokens_per_layer)


def prefill(net, x, is_visual, schedule):
    """Run the prompt x [1, tokens, width]; visual tokens that are pruned leave the sequence after their layer.

    Returns the logits after the last token, keys and values of each layer, and the tokens that entered each layer.
    """
    visual_count = int(is_visual.sum())
    positions = torch.arange(x.shape[1])
    cache, tokens_per_layer = [], []
    for i, layer in enumerate(net.layers):
        tokens = x.shape[1]
        tokens_per_layer.append(tokens)
        q, k, v = layer.qkv(x, rotary(positions, layer.head_width, net.config.rope_theta), x.dtype)
        future = torch.ones(tokens, tokens).triu(1).bool()
        scores = (q @ k.transpose(-1, -2)).masked_fill(future, -1e30)
        cache.append((k, v))
        x = layer.finish(x, scores.softmax(-1) @ v, x.dtype)
        if schedule and i + 1 < len(net.layers):
            keep = int(visual_count * retained(i, *schedule) + 1e-6)
            if keep < int(is_visual.sum()):
                kept = most_important(scores, is_visual, keep)
                x, positions, is_visual = x[:, kept], positions[kept], is_visual[kept]
    return net.final_norm(x[0, -1]) @ net.embedding.T, cache, tokens_per_layer


def most_important(scores, is_visual, keep):
    """Places of all text tokens and the `keep` most important visual ones, in order."""
    score = importance(scores).masked_fill(~is_visual, 1e9)
    return score.topk(int((~is_visual).sum()) + keep).indices.sort().values


def decode(net, logits, cache, position, end):
    """Answer tokens one by one, up to `end`; `position` is that of the first.  Extends the cache in place."""
    answer = []
    while len(answer) < MOST_TOKENS:
        token = int(logits.argmax())
        if token == end:
            break
        rope_position = torch.tensor([position + len(answer)])
        answer.append(token)
        x = net.embedding[token][None, None]
        for i, layer in enumerate(net.layers):
            q, k, v = layer.qkv(x, rotary(rope_position, layer.head_width, net.config.rope_theta), x.dtype)
            cache[i] = tuple(torch.cat([old, new], 2) for old, new in zip(cache[i], (k, v)))
            x = layer.finish(x, attend(q, *cache[i]), x.dtype)
        logits = net.final_norm(x[0, -1]) @ net.embedding.T
    return answer
