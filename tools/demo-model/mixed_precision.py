"""Linear layers and attention in the precision of their input; the weights themselves stay float32."""
import torch.nn.functional as F


def linear(x, layer):
    """[..., in] -> [..., out]"""
    return F.linear(x, layer.weight.to(x.dtype), None if layer.bias is None else layer.bias.to(x.dtype))


def attend(q, k, v, bias=None):
    """q [batch, heads, queries, width], already scaled, k and v [batch, heads, keys, width] -> like q."""
    scores = q @ k.transpose(-1, -2)                    # [batch, heads, queries, keys]
    if bias is not None:
        scores = scores + bias
    return scores.softmax(-1) @ v
