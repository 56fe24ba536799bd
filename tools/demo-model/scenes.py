"""Scenes of one to four coloured figures that stand still, move, change colour, come or go.

A scene lives on a square canvas of CANVAS x CANVAS units, x to the right and y down, and in time t = 0..1.
Everything is drawn from a `numpy.random.Generator`: the same seed gives the same scene, so the order of the
draws is part of what these functions promise.
"""
from dataclasses import dataclass

import numpy as np

CANVAS = 336
SHAPES = ["circle", "square", "triangle", "star", "cross", "ring"]
COLORS = {
    "red": (214, 40, 40), "green": (40, 160, 60), "blue": (40, 80, 220), "yellow": (240, 215, 40),
    "orange": (240, 130, 25), "purple": (140, 50, 175), "white": (245, 245, 245), "black": (18, 18, 20),
}
COLOR_NAMES = list(COLORS)
DIRECTIONS = {"left": (0, -1), "right": (0, 1), "up": (1, -1), "down": (1, 1)}      # axis (0 = x, 1 = y) and sign
FADE = .02                                                                          # how long coming and going takes

# What happens in a clip, and how often relative to the other lines.  "still" figures join until there are enough.
EVENTS = [
    (["move"], 5), (["turn"], 3), (["appear"], 2), (["disappear"], 3), (["flash"], 4), (["appear", "appear"], 5),
    (["move", "turn"], 2), (["move", "disappear"], 2), (["move", "flash"], 2), (["move", "move"], 2),
    (["turn", "disappear"], 1), (["turn", "flash"], 1), (["appear", "disappear"], 2), (["appear", "move"], 1), ([], 1),
]


class Figure:
    """One coloured shape and what it does.

    act               still, move, turn (change colour), appear, disappear or flash
    radius, rotation  canvas units, degrees
    start, end        its centre before and after a move, [x, y]; the same point unless it moves
    begins, ends      when the act begins and ends; turning, appearing and disappearing only begin
    new_color         the colour after a turn, otherwise its colour
    direction         left, right, up or down, or None unless it moves
    """

    def __init__(self, rng, shape, color, act="still", frames=8):
        """`frames`: how many frames the model will see; with few of them a flash has to last longer to be seen."""
        self.shape, self.color, self.act = shape, color, act
        self.radius = int(rng.choice([34, 38, 42, 46, 50, 55]))
        self.rotation = int(rng.choice([-12, 0, 0, 12])) if shape not in ("circle", "ring") else 0
        self.color_shift = rng.uniform(-10, 10, 3)
        self.sway = rng.uniform(0, 4), rng.uniform(0, 2 * np.pi), rng.uniform(3, 9)     # amplitude, phase, speed
        self.begins, self.ends = 0.0, 1.0
        self.new_color, self.direction = color, None
        low, high = self.radius + 4, CANVAS - self.radius - 4
        self.start = np.array([rng.uniform(low, high), rng.uniform(low, high)])
        self.end = self.start
        if act == "move":
            self._plan_move(rng, low, high)
        elif act == "turn":
            self.new_color = str(rng.choice([name for name in COLOR_NAMES if name != color]))
            self.begins = rng.uniform(.3, .7)
        elif act in ("appear", "disappear"):
            self.begins = rng.uniform(.2, .8)
        elif act == "flash":
            duration = rng.uniform(.26, .42) if frames > 6 else rng.uniform(.36, .46)
            middle = rng.uniform(.42, .58)
            self.begins, self.ends = middle - duration / 2, middle + duration / 2

    def _plan_move(self, rng, low, high):
        """A nearly straight way of at least 105 units along one axis, inside low..high."""
        self.direction = str(rng.choice(list(DIRECTIONS)))
        axis, sign = DIRECTIONS[self.direction]
        span = rng.uniform(105, high - low)
        near = rng.uniform(low, high - span)
        far = near + span
        self.end = self.start.copy()
        self.start[axis], self.end[axis] = (near, far) if sign > 0 else (far, near)
        across = 1 - axis
        self.end[across] = np.clip(self.end[across] + rng.uniform(-14, 14), low, high)
        self.begins, self.ends = rng.uniform(0, .2), rng.uniform(.75, 1)

    def place_anew(self, rng):
        """Take place, size and direction of a fresh figure; colours, sway and times stay."""
        fresh = Figure(rng, self.shape, self.color, self.act)
        self.start, self.end, self.direction = fresh.start, fresh.end, fresh.direction
        self.radius, self.rotation = fresh.radius, fresh.rotation

    def position(self, t):
        """Centre (x, y) at time t, with the small sway that every figure has."""
        x, y = self.start
        if self.act == "move":
            done = np.clip((t - self.begins) / (self.ends - self.begins), 0, 1)
            x, y = self.start + (self.end - self.start) * done
        amplitude, phase, speed = self.sway
        return x + amplitude * np.sin(phase + speed * t), y + amplitude * np.cos(phase + speed * t)

    def opacity(self, t):
        """0 (gone) to 1 (there) at time t."""
        if self.act == "appear":
            return np.clip((t - self.begins) / FADE, 0, 1)
        if self.act == "disappear":
            return np.clip((self.begins - t) / FADE, 0, 1)
        if self.act == "flash":
            return np.clip(min(t - self.begins, self.ends - t) / FADE, 0, 1)
        return 1.0

    def rgb(self, t):
        """Colour at time t, [3] in 0..255."""
        name = self.new_color if self.act == "turn" and t >= self.begins else self.color
        return np.clip(np.array(COLORS[name]) + self.color_shift, 0, 255)


@dataclass
class Scene:
    kind: str           # image or video
    figures: list       # of Figure, those in front last


def make_image(rng):
    """A still scene; in some, several figures share their colour or their shape."""
    count = int(rng.choice([1, 2, 3, 4], p=[.13, .27, .3, .3]))
    figures = []
    alike = rng.random()
    for _ in range(count):
        shape, color = str(rng.choice(SHAPES)), str(rng.choice(COLOR_NAMES))
        if figures and alike < .25 and rng.random() < .6:
            color = figures[0].color
        elif figures and alike > .8 and rng.random() < .6:
            shape = figures[0].shape
        figures.append(Figure(rng, shape, color))
    return Scene("image", keep_apart(rng, figures, [0.0]))


def make_video(rng, frames=8):
    """A scene with up to two events.  Shapes and colours differ, so a name always fits one figure only."""
    weights = np.array([weight for _, weight in EVENTS], float)
    acts = list(EVENTS[int(rng.choice(len(EVENTS), p=weights / weights.sum()))][0])
    count = max(len(acts), int(rng.choice([1, 2, 3, 4], p=[.15, .35, .3, .2])))
    shapes = rng.permutation(SHAPES)[:count]
    colors = rng.permutation(COLOR_NAMES)[:count]
    acts += ["still"] * (count - len(acts))
    figures = [Figure(rng, str(shape), str(color), act, frames) for shape, color, act in zip(shapes, colors, acts)]
    order_arrivals(rng, figures, frames)
    choose_new_colors(rng, figures)
    return Scene("video", keep_apart(rng, figures, np.linspace(0, 1, 9)))


def order_arrivals(rng, figures, frames):
    """Where two figures appear, leave enough time between them to say which came first."""
    arriving = [figure for figure in figures if figure.act == "appear"]
    if len(arriving) != 2:
        return
    gap = .2 if frames > 6 else .36
    early = rng.uniform(.12, .85 - gap)
    late = rng.uniform(early + gap, .87)
    arriving[0].begins, arriving[1].begins = (early, late) if rng.random() < .5 else (late, early)


def choose_new_colors(rng, figures):
    """Figures turn into a colour that no other figure has."""
    used = {figure.color for figure in figures}
    for figure in figures:
        if figure.act == "turn":
            figure.new_color = str(rng.choice([name for name in COLOR_NAMES if name not in used]))
            used.add(figure.new_color)


def keep_apart(rng, figures, times):
    """The figures, placed so that none touches another at any of `times`; one that finds no place is left out."""
    kept = []                                           # (figure, its way [times, 2])
    for figure in figures:
        for _ in range(25):
            way = np.array([figure.position(t) for t in times])
            if all(np.min(np.hypot(*(way - other_way).T)) > figure.radius + other.radius + 4
                   for other, other_way in kept):
                kept.append((figure, way))
                break
            figure.place_anew(rng)
    return [figure for figure, _ in kept]
