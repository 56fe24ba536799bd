"""What the steps of a training share: the model, where it computes, the clock and the log."""
import os
import time
from dataclasses import dataclass

import torch

from branches import Packer
from model import Llava


class Clock:
    """Runs from `start` (a fraction) to 1 within `minutes`; learning rates follow it, so a run keeps its time."""

    def __init__(self, minutes, start=0.0):
        self.minutes, self.start, self.began = minutes, start, time.time()

    def seconds(self):
        return time.time() - self.began

    def done(self):
        return self.start + (1 - self.start) * self.seconds() / 60 / self.minutes


class Log:
    """Prints, and keeps what it printed with the time of day in log.txt."""

    def __init__(self, folder):
        self.file = open(os.path.join(folder, "log.txt"), "a")

    def __call__(self, *words):
        print(*words, flush=True)
        print(time.strftime("%H:%M:%S"), *words, file=self.file, flush=True)


@dataclass
class Run:
    net: Llava
    packer: Packer
    device: str
    dtype: torch.dtype  # of the arithmetic; the weights are float32
    log: Log

    def features(self, pixels):
        """Patch features of `pixels`, [frames, 3, 84, 84], in the precision that the vision tower leaves them in."""
        return self.net.features(pixels.to(self.device), self.dtype)
