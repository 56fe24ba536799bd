"""The sizes of the model."""
from dataclasses import dataclass

from drawing import SIDE
from patch_labels import PATCH


@dataclass(frozen=True)
class Config:
    image_side: int = SIDE          # pixels
    patch_side: int = PATCH         # pixels
    vision_width: int = 96          # channels of a patch feature
    vision_layers: int = 3
    vision_heads: int = 4
    vision_inner: int = 256         # of the MLP
    width: int = 128                # channels of a token
    layers: int = 8
    heads: int = 4
    kv_heads: int = 2
    inner: int = 384                # of the MLP
    rope_theta: float = 1e6
    positions: int = 1024

    @property
    def patches(self):
        return (self.image_side // self.patch_side) ** 2

    @property
    def head_width(self):
        return self.width // self.heads
