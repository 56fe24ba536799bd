"""Step 1: the vision tower learns to see, as the stand-in for SigLIP's pre-training.

It says for every patch which shape and colour it shows and where that figure's centre is; the head is thrown away.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from drawing import render
from optimizers import descend, make_optimizers, set_learning_rate
from patch_labels import COLOR_CLASSES, SHAPE_CLASSES, patch_labels
from run import Clock
from scenes import make_image
from vision_tower import to_pixels

BATCH = 32
BACKDROP_WEIGHT = .15                                   # most patches show the backdrop


class PatchHead(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, SHAPE_CLASSES + COLOR_CLASSES + 2)

    def forward(self, features):
        """[..., width] -> shape logits [..., 7], colour logits [..., 9], centre [..., 2]"""
        return self.head(self.norm(features)).split([SHAPE_CLASSES, COLOR_CLASSES, 2], -1)


def labelled_pictures(rng, count=BATCH):
    """Pixels [count, 3, 84, 84], shape classes and colour classes [count, 196], centres [count, 196, 2]."""
    frames, labels = [], []
    for _ in range(count):
        scene = make_image(rng)
        frames.append(render(scene, [0.0], rng)[0])
        labels.append(patch_labels(scene))
    return to_pixels(np.stack(frames)), *(torch.tensor(np.stack(kind)) for kind in zip(*labels))


def train_vision(run, args):
    tower, head = run.net.vision_tower, PatchHead(run.net.config.vision_width).to(run.device)
    head_parameters = [("head." + name, parameter) for name, parameter in head.named_parameters()]
    optimizers = make_optimizers([*tower.named_parameters(), *head_parameters], args.lr, args.adam_lr)
    rng, clock, step = np.random.default_rng(args.seed), Clock(args.vision_minutes), 0
    while (done := clock.done()) < 1:
        pixels, *labels = labelled_pictures(rng)
        labels = [label.to(run.device) for label in labels]
        set_learning_rate(optimizers, done, step)
        said = head(run.features(pixels))
        loss = patch_loss(said, labels)
        descend(optimizers, loss)
        step += 1
        if step % 200 == 0:
            run.log(f"vision step {step} images {step * BATCH} loss {loss.item():.3f} {quality(said, labels)} "
                    f"{clock.seconds():.0f}s")


def patch_loss(said, labels):
    """Cross entropy of shape and colour, squared error of the centre on figures only."""
    (shape_logits, color_logits, center_said), (shape, color, center) = said, labels
    on_figure = (shape > 0).float()
    weight = (BACKDROP_WEIGHT + on_figure).flatten()

    def class_loss(logits, classes):
        return (F.cross_entropy(logits.flatten(0, 1), classes.flatten(), reduction="none") * weight).mean()

    center_loss = ((center_said - center).pow(2).sum(-1) * on_figure).mean()
    return class_loss(shape_logits, shape) + class_loss(color_logits, color) + 10 * center_loss


def quality(said, labels):
    """For the log: shares of patches that were right, and the mean distance to the centre."""
    (shape_logits, color_logits, center_said), (shape, color, center) = said, labels
    on_figure = shape > 0
    shape_right = (shape_logits.argmax(-1) == shape)[on_figure].float().mean()
    color_right = (color_logits.argmax(-1) == color)[on_figure].float().mean()
    backdrop_right = (shape_logits.argmax(-1) == 0)[~on_figure].float().mean()
    distance = (center_said - center).norm(dim=-1)[on_figure].mean()
    return f"shape {shape_right:.3f} colour {color_right:.3f} ground {backdrop_right:.3f} centre {distance:.3f}"
