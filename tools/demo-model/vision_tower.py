"""The vision tower: SigLIP, a plain transformer over the patches of a picture."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from mixed_precision import attend, linear


def to_pixels(frames):
    """What the tower reads: uint8 [frames, height, width, 3] -> float [frames, 3, height, width] in -1..1."""
    return (torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 255 - .5) / .5


class VisionLayer(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config.vision_width
        self.heads = config.vision_heads
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.self_attn = nn.ModuleDict({
            name: nn.Linear(width, width) for name in ("k_proj", "v_proj", "q_proj", "out_proj")})
        self.mlp = nn.ModuleDict({
            "fc1": nn.Linear(width, config.vision_inner), "fc2": nn.Linear(config.vision_inner, width)})

    def forward(self, x, dtype):
        """[frames, patches, width] -> the same shape"""
        frames, patches, width = x.shape
        h = self.layer_norm1(x).to(dtype)
        q, k, v = (linear(h, self.self_attn[name]).view(frames, patches, self.heads, -1).transpose(1, 2)
                   for name in ("q_proj", "k_proj", "v_proj"))      # each [frames, heads, patches, width / heads]
        mixed = attend(q * (width // self.heads) ** -0.5, k, v).transpose(1, 2).reshape(frames, patches, width)
        x = x + linear(mixed, self.self_attn["out_proj"])
        h = self.layer_norm2(x).to(dtype)
        return x + linear(F.gelu(linear(h, self.mlp["fc1"]), approximate="tanh"), self.mlp["fc2"])


class VisionTower(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, patch = config.vision_width, config.patch_side
        self.embeddings = nn.ModuleDict({
            "patch_embedding": nn.Conv2d(3, width, patch, patch),
            "position_embedding": nn.Embedding(config.patches, width)})
        self.encoder = nn.ModuleDict({
            "layers": nn.ModuleList(VisionLayer(config) for _ in range(config.vision_layers))})
        self.post_layernorm = nn.LayerNorm(width, eps=1e-6)         # in the file, but LLaVA-OneVision does not use it

    def forward(self, pixels, dtype):
        """[frames, 3, side, side] -> patch features [frames, patches, width], row by row"""
        x = self.embeddings["patch_embedding"](pixels).flatten(2).transpose(1, 2)
        x = x + self.embeddings["position_embedding"].weight
        for layer in self.encoder["layers"]:
            x = layer(x, dtype)
        return x
