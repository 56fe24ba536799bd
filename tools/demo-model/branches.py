"""Training on many questions at a time: they share one visual prefix, which saves most of the time.

A row is   <|im_start|>user  [visual tokens]  [question 1 and answer] [question 2 and answer] ...
Each question is a branch: it sees the prefix and itself, not the others, and counts its positions from the prefix on.
"""
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from aim import merge_tokens, merged_count
from language_model import rotary
from mixed_precision import attend

BLOCK = 112             # queries at a time in the causal prefix, to skip most of the masked half
MASKED = -1e4           # bias of a pair that may not see each other
NO_CUT = 99             # a layer beyond the last
PICTURE_TOKENS, FRAME_TOKENS = 196, 49


class Packed(NamedTuple):
    ids: torch.Tensor           # [rows, length]
    positions: torch.Tensor     # [rows, length]
    labels: torch.Tensor        # [rows, length]: the token that follows where an answer is learnt, else -1
    visible: torch.Tensor       # bool [rows, length, length]: may the first place see the second
    branches: torch.Tensor      # [rows, length]: number of the question in its row, -1 = unused
    asked: list                 # (row, branch, question type) of every question that fitted


class Packer:
    """Puts each clip's questions into one row of tokens."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.end = tokenizer.special["<|im_end|>"]
        self.opening = tokenizer.encode("<|im_start|>user ")
        self.closing = tokenizer.encode("<|im_end|><|im_start|>assistant\n")

    def prefix_length(self, frames, merge):
        """Tokens before the branches: opening, visual tokens and image_newline."""
        per_frame = PICTURE_TOKENS if frames == 1 else FRAME_TOKENS
        return len(self.opening) + frames * merged_count(per_frame, merge) + 1

    def pack(self, questions_by_row, prefix_length, length):
        """Questions that no longer fit into `length` tokens are left out."""
        shape = len(questions_by_row), length
        ids = np.full(shape, self.end, np.int64)
        positions, labels, branches = np.full(shape, prefix_length), np.full(shape, -1), np.full(shape, -1)
        asked = []
        for row, questions in enumerate(questions_by_row):
            at = branch = 0
            for text, answer, question_type in questions:
                before = self.tokenizer.encode("\n" + text) + self.closing
                after = self.tokenizer.encode(answer) + [self.end]
                tokens = before + after[:-1]
                stop = at + len(tokens)
                if stop > length:
                    continue
                ids[row, at:stop] = tokens
                positions[row, at:stop] = prefix_length + np.arange(len(tokens))
                labels[row, at + len(before) - 1:stop] = after
                branches[row, at:stop] = branch
                asked.append((row, branch, question_type))
                at, branch = stop, branch + 1
        ids, positions, labels, branches = map(torch.from_numpy, (ids, positions, labels, branches))
        same_branch = branches[:, :, None] == branches[:, None, :]
        return Packed(ids, positions, labels, same_branch & torch.ones(length, length).tril().bool(), branches, asked)


def answer_logits(net, packer, packed, features, is_video, merge, cut, dtype):
    """Logits [answer tokens, vocabulary] and the right tokens [answer tokens] of all branches.

    features: [rows * frames, 196, vision_width]; from layer `cut` on the visual tokens are gone.
    """
    ids, positions, labels, visible = (t.to(features.device) for t in packed[:4])
    rows = len(ids)
    visual = merge_tokens(net.project(features, is_video, dtype), merge)
    visual = visual.reshape(rows, -1, visual.shape[-1])
    opening = net.embedding[torch.tensor(packer.opening, device=features.device)].expand(rows, -1, -1)
    prefix = torch.cat([opening, visual, net.image_newline.expand(rows, 1, -1)], 1)
    x = branch_states(net, prefix, len(packer.opening), ids, positions, visible, cut, dtype)
    learnt = labels >= 0
    x = net.final_norm(x[learnt])
    return F.linear(x.to(dtype), net.embedding.to(dtype)).float(), labels[learnt]


def branch_states(net, prefix, text_length, ids, positions, visible, cut, dtype):
    """Hidden states of the branches after the last layer, [rows, length, width].

    prefix [rows, prefix tokens, width] starts with `text_length` text tokens; they stay when the rest is cut.
    """
    rows, split, _ = prefix.shape                       # split: where the prefix ends and the branches begin
    device = prefix.device
    x = torch.cat([prefix, F.embedding(ids, net.embedding)], 1)
    positions = torch.cat([torch.arange(split, device=device).expand(rows, split), positions], 1)
    prefix_bias = torch.full((split, split), MASKED, device=device).triu(1).to(dtype)
    branch_bias = torch.zeros(rows, 1, ids.shape[1], split + ids.shape[1], device=device, dtype=dtype)
    branch_bias[:, 0, :, split:].masked_fill_(~visible, MASKED)
    rope = None
    for i, layer in enumerate(net.layers):
        if i == cut:
            x = torch.cat([x[:, :text_length], x[:, split:]], 1)
            positions = torch.cat([positions[:, :text_length], positions[:, split:]], 1)
            branch_bias = torch.cat([branch_bias[..., :text_length], branch_bias[..., split:]], -1)
            prefix_bias, split, rope = prefix_bias[:text_length, :text_length], text_length, None
        if rope is None:
            cos_sin = rotary(positions, layer.head_width, net.config.rope_theta)
            rope = [t[:, None].to(dtype) for t in cos_sin]
        q, k, v = layer.qkv(x, rope, dtype)
        x = layer.finish(x, branch_attention(q, k, v, split, prefix_bias, branch_bias), dtype)
    return x[:, split:]


def branch_attention(q, k, v, split, prefix_bias, branch_bias):
    """Causal attention over the prefix, block by block, and of the branches to the prefix and themselves."""
    mixed = []
    for start in range(0, split, BLOCK):
        stop = min(split, start + BLOCK)
        mixed.append(attend(q[:, :, start:stop], k[:, :, :stop], v[:, :, :stop], prefix_bias[start:stop, :stop]))
    mixed.append(attend(q[:, :, split:], k, v, branch_bias))
    return torch.cat(mixed, 2)
