"""What the language model is trained on: batches of clips or pictures with questions on them."""
from typing import NamedTuple

import numpy as np
import torch

from branches import NO_CUT, Packed
from data import sample_image, sample_video
from phrases import PHRASES
from questions import questions
from vision_tower import to_pixels

ROW_LENGTH = 112                                        # tokens for the questions on one clip
TYPOS = .03
POOL_START, POOL_SIZE = 400, 1200                       # clips come again once there are so many; so many are kept

# At first look-ups are always asked and other types rarely, since those are built on looking up.
LOOKUPS = {
    "color", "where", "describe", "relpos", "direction", "turns", "order", "flashcolor", "startcolor", "happens",
    "shape"}
LEAST_RATE = .12
FIRST_RATES = {prefix + kind: LEAST_RATE for prefix in ("i:", "v:") for kind in PHRASES if kind not in LOOKUPS}


def rates_by_error(accuracy):
    """How often to ask each type of question, 0..1, from its held-out accuracy."""
    return {kind: float(np.clip(1.15 - share, LEAST_RATE, 1)) for kind, (share, _) in accuracy.items()}


class Batch(NamedTuple):
    features: torch.Tensor      # [rows * frames, 196, vision_width]
    packed: Packed
    is_video: bool
    merge: float                # share of visual tokens left by merging
    cut: int                    # layer from which the visual tokens are gone


class BatchMaker:
    """Draws scenes and asks about them.  `seen` counts the pictures, clips and questions so far."""

    def __init__(self, run, seed, tokens):
        """`tokens`: about how many the language model takes per step."""
        self.run, self.rng, self.tokens = run, np.random.default_rng(seed), tokens
        self.seen = {"images": 0, "videos": 0, "questions": 0}
        self._pool = {}         # by number of frames: list of (scene, features [frames, 196, vision_width])

    def next(self, done, rates):
        """A batch for the time `done`, 0..1.

        `rates`: the share of each type of question that is kept; all of a type that is not in it.
        """
        frames, merge, cut = choose_form(self.rng, done)
        prefix_length = self.run.packer.prefix_length(frames, merge)
        rows = int(np.clip(self.tokens // (prefix_length + ROW_LENGTH), 5, 16))
        clips = self._clips(frames, rows)
        asked = self._ask([scene for scene, _ in clips], done, rates)
        packed = self.run.packer.pack(asked, prefix_length, ROW_LENGTH)
        self.seen["questions"] += len(packed.asked)
        return Batch(torch.cat([features for _, features in clips]), packed, frames > 1, merge, cut)

    def _clips(self, frames, rows):
        """A third of the clips are new; the others come again, to be asked other questions."""
        pool = self._pool.setdefault(frames, [])
        if len(pool) >= POOL_START and self.rng.random() < .67:
            return [pool[int(self.rng.integers(len(pool)))] for _ in range(rows)]
        samples = [sample_video(self.rng, frames) if frames > 1 else sample_image(self.rng) for _ in range(rows)]
        with torch.no_grad():
            features = self.run.features(to_pixels(np.concatenate([sample.frames for sample in samples])))
        clips = list(zip([sample.scene for sample in samples], features.to(self.run.dtype).split(frames)))
        pool += clips
        del pool[:max(0, len(pool) - POOL_SIZE)]
        self.seen["images" if frames == 1 else "videos"] += rows
        return clips

    def _ask(self, scenes, done, rates):
        """Questions for each scene; until late, more of what is still answered badly."""
        asked = [questions(self.rng, scene, TYPOS) for scene in scenes]
        if done >= .85:
            return asked
        return [[q for q in first + questions(self.rng, scene, TYPOS) if self._is_kept(scene, q, rates)]
                for first, scene in zip(asked, scenes)]

    def _is_kept(self, scene, question, rates):
        return self.rng.random() < rates.get(f"{scene.kind[0]}:{question.type}", 1)


def choose_form(rng, done):
    """Frames, merging and the layer of the cut, at random; short sequences and merged tokens first."""
    early = done < .6
    if rng.random() < (.45 if done < .7 else .33):
        frames = 1
        merge = rng.choice([1, .5, .25], p=[.15, .35, .5] if early else [.5, .3, .2])
    else:
        frames = rng.choice([4, 6, 8], p=[.5, .15, .35] if early else [.2, .2, .6])
        merge = rng.choice([1, .5, .25, .125], p=[.05, .2, .6, .15] if early else [.3, .25, .35, .1])
    cut = rng.choice([5, 6, 7, NO_CUT], p=[.1, .2, .2, .5] if done > .5 else [0, .15, .15, .7])
    return int(frames), float(merge), int(cut)
