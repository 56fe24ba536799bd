"""What each patch of a small picture shows: the answers that the vision tower is trained on."""
import numpy as np

from drawing import SIDE, overlap, sprite_at
from scenes import CANVAS, COLOR_NAMES, SHAPES

PATCH = 6                                               # pixels
GRID = SIDE // PATCH                                    # 14 patches to a side
SHAPE_CLASSES, COLOR_CLASSES = 1 + len(SHAPES), 1 + len(COLOR_NAMES)    # class 0 is the backdrop


def patch_labels(scene):
    """Shape class [196], colour class [196] and centre [196, 2] (x, y in 0..1) of the figure that each patch shows.

    A patch shows a figure when figures cover a quarter of it; otherwise its classes are 0 and its centre is (0, 0).
    """
    owner = np.zeros((SIDE, SIDE), np.int64)            # 0 = backdrop, k = figure number k, counted from 1
    for k, figure in enumerate(scene.figures, 1):
        mask, top, left = sprite_at(figure, 0.0)
        inside, part = overlap(SIDE, mask, top, left)
        owner[inside][mask[part][..., 0] > .5] = k
    pixels = owner.reshape(GRID, PATCH, GRID, PATCH).transpose(0, 2, 1, 3).reshape(GRID * GRID, PATCH * PATCH)
    shown = np.where((pixels > 0).mean(1) < .25, 0, pixels.max(1))
    shapes = np.array([0] + [1 + SHAPES.index(figure.shape) for figure in scene.figures])
    colors = np.array([0] + [1 + COLOR_NAMES.index(figure.color) for figure in scene.figures])
    centers = np.array([(0, 0)] + [figure.position(0.0) for figure in scene.figures], np.float32) / CANVAS
    return shapes[shown], colors[shown], centers[shown]
