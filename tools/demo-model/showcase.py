"""The hand-made scenes that ship as samples: six clips and six pictures, four questions each."""
from dataclasses import dataclass

import numpy as np

from scenes import Figure, Scene


@dataclass
class Showpiece:
    name: str
    scene: Scene
    seed: int           # of backdrop and noise
    asked: list         # of (question, answer)
    seconds: int = 0    # of a clip


def figure(shape, color, x, y, radius=46, act="still", **changes):
    """A figure at (x, y); `changes` sets further attributes, such as begins and ends."""
    made = Figure(np.random.default_rng(len(shape) * 7 + len(color)), shape, color)
    made.radius, made.rotation, made.act = radius, 0, act
    made.start = made.end = np.array([x, y], float)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def moving(shape, color, start, end, direction):
    return figure(shape, color, *start, radius=44, act="move", end=np.array(end, float), direction=direction,
                  begins=.08, ends=.92)


def clip(name, seconds, seed, figures, asked):
    return Showpiece(name, Scene("video", figures), seed, asked, seconds)


def picture(name, seed, figures, asked):
    return Showpiece(name, Scene("image", figures), seed, asked)


SHOWCASE = [
    clip("star-moves", 8, 2, [
        moving("star", "yellow", (60, 170), (276, 176), "right"),
        figure("square", "blue", 250, 64),
        figure("circle", "purple", 90, 280, 40),
    ], [
        ("Which way does the star move?", "right"),
        ("What color is the square?", "blue"),
        ("Which shape moves?", "star"),
        ("What happens in the video?", "the star moves right"),
    ]),
    clip("circle-turns", 8, 5, [
        figure("circle", "red", 120, 130, 52, "turn", begins=.5, new_color="green"),
        figure("cross", "white", 255, 235, 42),
    ], [
        ("What color does the circle turn into?", "green"),
        ("What color is the circle at the start?", "red"),
        ("Which shape changes color?", "circle"),
        ("What shape is white?", "cross"),
    ]),
    clip("two-arrive", 9, 8, [
        figure("triangle", "orange", 80, 90, 44, "appear", begins=.28),
        figure("ring", "black", 245, 120, 44, "appear", begins=.62),
        figure("square", "green", 160, 265, 42),
    ], [
        ("Which shape appears first?", "triangle"),
        ("Which shape appears last?", "ring"),
        ("How many shapes are there at the end?", "three"),
        ("How many shapes are there at the start?", "one"),
    ]),
    clip("square-vanishes", 8, 11, [
        figure("square", "purple", 90, 230, 48, "disappear", begins=.55),
        figure("star", "white", 230, 90, 46),
        figure("circle", "orange", 250, 250, 42),
    ], [
        ("Does anything disappear?", "yes"),
        ("Which shape disappears?", "square"),
        ("How many shapes are there at the end?", "two"),
        ("What happens?", "the square disappears"),
    ]),
    clip("flash-in-the-middle", 10, 14, [
        figure("cross", "red", 170, 90, 44, "flash", begins=.36, ends=.66),
        figure("circle", "blue", 85, 240, 46),
        figure("triangle", "yellow", 255, 245, 42),
    ], [
        ("What flashes in the middle?", "cross"),
        ("What color is the shape that flashes?", "red"),
        ("How many shapes are there at the end?", "two"),
        ("What happens?", "the cross flashes"),
    ]),
    clip("move-and-turn", 9, 17, [
        moving("triangle", "green", (90, 270), (96, 70), "up"),
        figure("square", "white", 240, 180, 48, "turn", begins=.45, new_color="black"),
    ], [
        ("Where does the triangle go?", "up"),
        ("What color does the square become?", "black"),
        ("Is the square moving?", "no"),
        ("What happens in the video?", "the triangle moves up, the square turns black"),
    ]),
    picture("four-shapes", 3, [
        figure("circle", "red", 80, 85, 44),
        figure("square", "blue", 250, 95, 46),
        figure("star", "yellow", 105, 250, 50),
        figure("cross", "white", 262, 262, 42),
    ], [
        ("How many shapes are there?", "four"),
        ("What color is the star?", "yellow"),
        ("Where is the cross?", "bottom right"),
        ("Is the circle left of the square?", "yes"),
    ]),
    picture("two-rings", 6, [
        figure("ring", "purple", 90, 180, 50),
        figure("ring", "orange", 245, 170, 46),
    ], [
        ("How many rings are there?", "two"),
        ("What do you see?", "purple ring, orange ring"),
        ("Is there a green ring?", "no"),
        ("Where is the purple ring compared to the orange ring?", "left"),
    ]),
    picture("red-things", 9, [
        figure("triangle", "red", 80, 240, 48),
        figure("circle", "red", 245, 250, 44),
        figure("square", "black", 165, 80, 44),
    ], [
        ("How many red shapes are there?", "two"),
        ("What shape is black?", "square"),
        ("Is there a red triangle?", "yes"),
        ("Is there a black circle?", "no"),
    ]),
    picture("above-below", 12, [
        figure("star", "green", 170, 75, 48),
        figure("circle", "white", 165, 250, 50),
    ], [
        ("Where is the star relative to the circle?", "above"),
        ("Where is the circle relative to the star?", "below"),
        ("What color is the star?", "green"),
        ("Is the star below the circle?", "no"),
    ]),
    picture("one-cross", 15, [
        figure("cross", "orange", 168, 166, 52),
    ], [
        ("What is in the picture?", "orange cross"),
        ("Where is the cross?", "center"),
        ("How many shapes are there?", "one"),
        ("Is there a circle?", "no"),
    ]),
    picture("three-in-a-row", 18, [
        figure("square", "green", 65, 175, 42),
        figure("triangle", "yellow", 170, 180, 46),
        figure("ring", "blue", 275, 170, 44),
    ], [
        ("Describe the picture", "green square, yellow triangle, blue ring"),
        ("What shape is yellow?", "triangle"),
        ("What color is the ring?", "blue"),
        ("Is the ring right of the square?", "yes"),
    ]),
]
