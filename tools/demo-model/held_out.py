"""Accuracy on scenes that are not trained on."""
import numpy as np
import torch

from branches import NO_CUT, answer_logits
from data import sample_image, sample_video
from vision_tower import to_pixels

BATCH = 16
ROW_LENGTH = 200
SEED = 99


@torch.no_grad()
def held_out_accuracy(run, scenes=96):
    """{"v:direction": (share of answers that are right in every token, questions)}, "i:" for pictures.

    `scenes` clips of 8 frames and as many pictures, with all their visual tokens.  An answer counts as right when each
    token is the likeliest after the right ones before it.
    """
    right = {}
    for frames in (8, 1):
        rng = np.random.default_rng(SEED)
        for _ in range(0, scenes, BATCH):
            samples = [sample_video(rng, frames, 0) if frames > 1 else sample_image(rng, 0) for _ in range(BATCH)]
            for kind, is_right in answered(run, samples, frames):
                right.setdefault(kind, []).append(is_right)
    return {kind: (sum(answers) / len(answers), len(answers)) for kind, answers in sorted(right.items())}


def answered(run, samples, frames):
    """Type ("i:color") and success of every question on the samples."""
    features = run.features(to_pixels(np.concatenate([sample.frames for sample in samples])))
    length = run.packer.prefix_length(frames, 1.0)
    packed = run.packer.pack([sample.questions for sample in samples], length, ROW_LENGTH)
    logits, labels = answer_logits(run.net, run.packer, packed, features, frames > 1, 1.0, NO_CUT, run.dtype)
    token_right = (logits.argmax(-1) == labels).tolist()
    rows, places = (packed.labels >= 0).nonzero(as_tuple=True)
    branches = packed.branches[rows, places]
    right = {}
    for key, is_right in zip(zip(rows.tolist(), branches.tolist()), token_right):
        right[key] = right.get(key, True) and is_right
    prefix = "v:" if frames > 1 else "i:"
    return [(prefix + kind, right[row, branch]) for row, branch, kind in packed.asked]


def summary(accuracy, with_counts=False):
    """One line for the log: the mean over the types, then each type."""
    mean = np.mean([share for share, _ in accuracy.values()])
    types = (f"{kind} {share:.2f}" + (f"({count})" if with_counts else "") for kind, (share, count) in accuracy.items())
    return f"{mean:.3f} " + " ".join(types)
