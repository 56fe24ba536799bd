"""The layers of the language model: Qwen2, a decoder with rotary positions and grouped key and value heads."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from mixed_precision import linear


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        if hasattr(F, "rms_norm"):                      # not in old versions of PyTorch
            return F.rms_norm(x, x.shape[-1:], self.weight, 1e-6)
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


def rotary(positions, head_width, theta):
    """Cosines and sines of the rotation at each position: two of [..., head_width]."""
    frequencies = theta ** (-torch.arange(0, head_width, 2, device=positions.device).float() / head_width)
    angles = positions[..., None].float() * frequencies
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    """Turn the first and second half of each head against each other."""
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


class LanguageLayer(nn.Module):
    """One decoder layer in two halves, with the attention itself left to the caller: `qkv`, attend, `finish`."""

    def __init__(self, config):
        super().__init__()
        width, kv_width = config.width, config.head_width * config.kv_heads
        self.heads, self.kv_heads, self.head_width = config.heads, config.kv_heads, config.head_width
        self.input_layernorm, self.post_attention_layernorm = RMSNorm(width), RMSNorm(width)
        self.self_attn = nn.ModuleDict({
            "q_proj": nn.Linear(width, width), "k_proj": nn.Linear(width, kv_width),
            "v_proj": nn.Linear(width, kv_width), "o_proj": nn.Linear(width, width, bias=False)})
        self.mlp = nn.ModuleDict({
            "gate_proj": nn.Linear(width, config.inner, bias=False),
            "up_proj": nn.Linear(width, config.inner, bias=False),
            "down_proj": nn.Linear(config.inner, width, bias=False)})

    def qkv(self, x, rope, dtype):
        """x [batch, tokens, width] -> rotated and scaled queries, rotated keys, values.

        Each is [batch, heads, tokens, head_width]; `rope` is cosine and sine, broadcast to that.
        """
        h = self.input_layernorm(x).to(dtype)
        q = rotate(self._heads("q_proj", h, self.heads), *rope) * self.head_width ** -0.5
        k = rotate(self._heads("k_proj", h, self.kv_heads), *rope)
        v = self._heads("v_proj", h, self.kv_heads)
        group = self.heads // self.kv_heads
        return q, k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)

    def finish(self, x, mixed, dtype):
        """Add attention's result `mixed` [batch, heads, tokens, head_width], then the MLP; the shape of x stays."""
        x = x + linear(mixed.transpose(1, 2).reshape(x.shape), self.self_attn["o_proj"])
        h = self.post_attention_layernorm(x).to(dtype)
        gated = F.silu(linear(h, self.mlp["gate_proj"])) * linear(h, self.mlp["up_proj"])
        return x + linear(gated, self.mlp["down_proj"])

    def _heads(self, name, h, heads):
        batch, tokens, _ = h.shape
        return linear(h, self.self_attn[name]).view(batch, tokens, heads, self.head_width).transpose(1, 2)
