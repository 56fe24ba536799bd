"""AIM (arXiv 2412.03248): merging of similar visual tokens before the language model, pruning inside it."""
import torch


def merge_tokens(tokens, ratio):
    """Merge every frame's tokens, [frames, tokens, width], to about `ratio` (1, 1/2, 1/4, 1/8) of their number."""
    count, part = tokens.shape[1], 2
    while ratio < 1:
        tokens = merge_once(tokens, count // part)
        part, ratio = part * 2, ratio * 2
    return tokens


def merged_count(count, ratio):
    """How many tokens `merge_tokens` leaves of `count`."""
    left, part = count, 2
    while ratio < 1:
        left -= min(count // part, left // 2)
        part, ratio = part * 2, ratio * 2
    return left


def merge_once(tokens, remove):
    """Merge `remove` tokens away, at most half of them: [frames, tokens, width] -> [frames, tokens - remove, width].

    Tokens at even places are sources, those at odd places targets.  The sources most like their best target (cosine)
    are averaged into it; the other sources come first in the result, then the targets.
    """
    remove = min(remove, tokens.shape[1] // 2)
    if remove <= 0:
        return tokens
    with torch.no_grad():
        unit = tokens / tokens.norm(dim=-1, keepdim=True)
        likeness, target = (unit[:, ::2] @ unit[:, 1::2].transpose(1, 2)).max(-1)
        order = likeness.argsort(-1, descending=True)[..., None]
        gone, stay = order[:, :remove], order[:, remove:]
        target = target[..., None].gather(1, gone)      # [frames, remove, 1]
    width = tokens.shape[-1]
    sources, targets = tokens[:, ::2], tokens[:, 1::2]
    moved = sources.gather(1, gone.expand(-1, -1, width))
    total = targets.scatter_add(1, target.expand(-1, -1, width), moved)
    members = torch.ones_like(targets[..., :1]).scatter_add(1, target, torch.ones_like(target, dtype=tokens.dtype))
    return torch.cat([sources.gather(1, stay.expand(-1, -1, width)), total / members], 1)


def retained(layer, first, last):
    """Share of the visual tokens that stays after a layer, counted from 0: falls from `first` on, 0 from `last` on."""
    return 1.0 if layer < first else max(0.0, 1 - (layer - first + 1) / (last - first))


def importance(scores, temperature=0.1, steps=5):
    """PageRank over sharpened attention: masked scores [1, heads, tokens, tokens] -> [tokens].

    Each head ranks the tokens by itself, from equal shares; the result is the root mean square over the heads.
    """
    links = (scores / temperature).softmax(-1)
    rank = torch.full_like(links[:, :, :1], 1 / links.shape[-1])
    for _ in range(steps):
        rank = rank @ links
    return rank[0, :, 0].pow(2).mean(0).sqrt()


def prefill_flops(config, tokens_per_layer, vocabulary):
    """FLOPs of the language model before the first answer token, 2 per multiply-add; attention counts as full n x n.

    `tokens_per_layer`: sequence length that enters each layer.  One row of logits is included.
    """
    width, kv_width, inner = config.width, config.head_width * config.kv_heads, config.inner
    per_token = 2 * (2 * width * width + 2 * width * kv_width + 3 * width * inner)
    return sum(n * per_token + 4 * n * n * width for n in tokens_per_layer) + 2 * width * vocabulary
