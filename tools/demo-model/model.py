"""LLaVA-OneVision in small: vision tower, projector and language model.

Modules carry the names of the Hugging Face checkpoints, so `state_dict()` is the checkpoint.  This file says how
pictures become visual tokens; `generate.py` answers questions on them, `branches.py` trains on many at a time.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from config import Config
from language_model import LanguageLayer, RMSNorm
from mixed_precision import linear
from vision_tower import VisionTower

WRITES_TO_STREAM = ("o_proj", "down_proj", "out_proj", "fc2")       # start smaller, as their outputs add up


class Llava(nn.Module):
    def __init__(self, vocabulary, config=Config()):
        super().__init__()
        self.config = config
        width = config.width
        self.image_newline = nn.Parameter(torch.randn(width) * .02)
        self.vision_tower = nn.ModuleDict({"vision_model": VisionTower(config)})
        self.multi_modal_projector = nn.ModuleDict({
            "linear_1": nn.Linear(config.vision_width, width), "linear_2": nn.Linear(width, width)})
        self.language_model = nn.ModuleDict({"model": nn.ModuleDict({
            "embed_tokens": nn.Embedding(vocabulary, width),
            "layers": nn.ModuleList(LanguageLayer(config) for _ in range(config.layers)),
            "norm": RMSNorm(width)})})
        self._initialise()

    def _initialise(self):
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif parameter.dim() == 2:
                scale = .02 if "embed" in name else 1 / math.sqrt(parameter.shape[1])
                if any(part in name for part in WRITES_TO_STREAM):
                    scale /= math.sqrt(2 * self.config.layers)
                nn.init.normal_(parameter, 0, scale)

    @property
    def layers(self):
        return self.language_model["model"]["layers"]

    @property
    def embedding(self):
        """[vocabulary, width]; tied: it also turns hidden states into logits."""
        return self.language_model["model"]["embed_tokens"].weight

    def final_norm(self, x):
        return self.language_model["model"]["norm"](x)

    def features(self, pixels, dtype=torch.float32):
        """[frames, 3, side, side] -> patch features [frames, patches, vision_width]"""
        return self.vision_tower["vision_model"](pixels, dtype)

    def project(self, features, is_video, dtype=torch.float32):
        """Patch features -> visual tokens [frames, 196, width]; those of a video are pooled to [frames, 49, width]."""
        projector = self.multi_modal_projector
        x = linear(F.gelu(linear(features.to(dtype), projector["linear_1"])), projector["linear_2"]).float()
        if not is_video:
            return x
        frames, side = x.shape[0], math.isqrt(x.shape[1])
        grid = x.view(frames, side, side, -1).permute(0, 3, 1, 2)
        pooled = F.interpolate(grid, size=[(side + 1) // 2] * 2, mode="bilinear", align_corners=False)
        return pooled.flatten(2).transpose(1, 2)
