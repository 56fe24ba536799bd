"""Step 2: the projector is fitted, so that visual tokens are readable before the language model sees them.

The tower's features hold shape and colour loudly and positions faintly (1-2 % of the variance), and they are far
larger than word embeddings.  The projector is fitted to targets of unit size: a code for shape and colour plus a code
for where the figure lies.
"""
import numpy as np
import torch

from patch_labels import GRID, SHAPE_CLASSES
from vision_training import labelled_pictures

PLACE_CODES = 8                                         # channels of the basis that say where
STEPS = 2500
SIZE = .8                                               # root mean square of "what", before "where" is added


def align_projector(run, args, keep=False):
    """`keep`: "what" stays as the projector says it now, for a model that has learnt to read it; else new codes."""
    generator = torch.Generator().manual_seed(args.seed)
    features, shape, color, center = labelled_features(run, np.random.default_rng(args.seed + 7))
    own = patch_centers(len(features)).to(run.device)
    center = torch.where((shape > 0)[:, None], center, own)         # of the patch itself where there is no figure
    with torch.no_grad():
        if keep:
            what, basis = present_codes(run.net, features, generator)
        else:
            what, basis = new_codes(run, shape, color, generator)
        target = what + place_code(center, own) @ basis[:PLACE_CODES] * (run.net.config.width * .36 / 6) ** .5
        rescale(run.net, features)
    fit(run, features, target, weight=1 + 2.0 * (shape > 0).float(), generator=generator)


def labelled_features(run, rng, batches=24):
    """Patch features [patches, vision_width], shape and colour classes [patches], centres [patches, 2]."""
    features, labels = [], []
    for _ in range(batches):
        pixels, *batch_labels = labelled_pictures(rng)
        with torch.no_grad():
            features.append(run.features(pixels).float())
        labels.append(batch_labels)
    shape, color, center = (torch.cat(kind).flatten(0, 1).to(run.device) for kind in zip(*labels))
    return torch.cat(features).flatten(0, 1), shape, color, center


def patch_centers(patches):
    """The centre of each patch itself, [patches, 2], x and y in 0..1."""
    steps = torch.arange(GRID)
    grid = torch.stack(torch.meshgrid(steps, steps, indexing="ij"), -1).flip(-1).reshape(GRID * GRID, 2)
    return ((grid + .5) / GRID).repeat(patches // (GRID * GRID), 1)


def place_code(center, own):
    """[patches, 8]: the figure's centre as it is and as waves, and the patch's own place."""
    angle = 2 * np.pi * center
    return torch.cat([(center - .5) * 3.5, angle.sin() * 1.2, angle.cos() * 1.2, (own - .5) * 1.5], 1)


def new_codes(run, shape, color, generator):
    """A random direction for each shape and each colour: codes [patches, width] and the basis [width, width]."""
    width = run.net.config.width
    basis = torch.linalg.qr(torch.randn(width, width, generator=generator)).Q.to(run.device)
    shape_codes = basis[PLACE_CODES:]
    color_codes = shape_codes[SHAPE_CLASSES:]
    return (shape_codes[shape] + color_codes[color]) * (width * .32) ** .5, basis


def present_codes(net, features, generator):
    """What the projector says, at the right size, and a basis that starts where that varies least."""
    what = net.project(features[None], False)[0]
    what = what / what.pow(2).mean().sqrt() * SIZE
    some = what[torch.randperm(len(what), generator=generator)[:20000]]
    return what, torch.linalg.svd(some, full_matrices=False)[2].flip(0)


def rescale(net, features):
    """Bring the projector's output near the size of its targets."""
    size = net.project(features[None, :20000], False).pow(2).mean().sqrt()
    last = net.multi_modal_projector["linear_2"]
    last.weight.mul_(SIZE / size)
    last.bias.mul_(SIZE / size)


def fit(run, features, target, weight, generator):
    """Least squares by Adam; `weight` [patches] says how much each patch counts."""
    optimizer = torch.optim.AdamW(run.net.multi_modal_projector.parameters(), 3e-3, weight_decay=0.0)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * min(1, (step + 1) / 50) * .5 * (1 + np.cos(np.pi * step / STEPS))
        drawn = torch.randint(len(features), (1024,), generator=generator).to(run.device)
        error = run.net.project(features[drawn][None], False)[0] - target[drawn]
        loss = (error.pow(2).mean(1) * weight[drawn]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 250 == 0 or step == STEPS - 1:
            run.log(f"projector step {step} loss {loss.item():.4f} target power {target.pow(2).mean():.3f}")
