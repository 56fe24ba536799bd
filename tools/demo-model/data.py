"""Samples for training and testing: a scene, its frames and the questions on it."""
from typing import NamedTuple

import numpy as np

from drawing import render
from questions import questions
from scenes import Scene, make_image, make_video


class Sample(NamedTuple):
    scene: Scene
    frames: np.ndarray  # uint8 [frames, 84, 84, 3]
    questions: list     # of Question


def sample_image(rng, typos=.03):
    scene = make_image(rng)
    return Sample(scene, render(scene, [0.0], rng), questions(rng, scene, typos))


def sample_video(rng, frames=8, typos=.03):
    """`frames` frames at even distances, all of them a little early or late by the same amount."""
    scene = make_video(rng, frames)
    times = np.clip(np.linspace(0, 1, frames) + rng.uniform(-.02, .02), 0, 1)
    return Sample(scene, render(scene, times, rng), questions(rng, scene, typos))
