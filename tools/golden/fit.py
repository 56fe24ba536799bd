"""Writes test/fixtures/media/fit.json: what CLIP's way of fitting pictures gives for small random ones.

Resizing is Pillow's; sizes, squares and crops are as Hugging Face's slow image processors have them, written anew here.

python3 tools/golden/fit.py   (needs numpy and Pillow)
"""
import base64
import json
import math
import pathlib

import numpy as np
import PIL
from PIL import Image

MEAN = [0.48145466, 0.4578275, 0.40821073]
# width, height, shorter side (or width and height) to resize to, crop width, crop height, fill up to a square first
CASES = [
    (37, 23, 12, 12, 12, False),
    (23, 37, 12, 12, 12, False),
    (16, 16, 12, 12, 12, False),
    (12, 31, 12, 12, 12, False),
    (7, 5, 13, 13, 13, False),
    (97, 2, 8, 8, 8, False),
    (3, 250, 8, 8, 8, False),
    (29, 20, 10, 7, 9, False),
    (20, 31, 8, 11, 11, False),
    (20, 31, 8, 15, 10, False),
    (25, 18, (14, 9), 8, 12, False),
    (37, 23, 12, 12, 12, True),
    (10, 17, 12, 12, 12, True),
    (9, 9, 12, 12, 12, True),
]


def to_square(pixels):
    height, width, _ = pixels.shape
    side = max(height, width)
    square = np.zeros((side, side, 3), np.uint8)
    square[:] = [int(mean * 255) for mean in MEAN]
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square


def resize(pixels, size):
    height, width, _ = pixels.shape
    if isinstance(size, tuple):
        target = size
    else:
        longer = int(size * max(height, width) / min(height, width))
        target = (size, longer) if width <= height else (longer, size)
    return np.asarray(Image.fromarray(pixels).resize(target, Image.BICUBIC))


def centre_crop(pixels, width, height):
    rows, columns, _ = pixels.shape
    top, left = (rows - height) // 2, (columns - width) // 2
    padded = np.zeros((max(rows, height), max(columns, width), 3), np.uint8)
    above, before = math.ceil((len(padded) - rows) / 2), math.ceil((padded.shape[1] - columns) / 2)
    padded[above : above + rows, before : before + columns] = pixels
    top, left = top + above, left + before
    return padded[max(0, top) : top + height, max(0, left) : left + width]


def text(pixels):
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()


def main():
    rng = np.random.default_rng(11)
    cases = []
    for width, height, size, crop_width, crop_height, is_square in CASES:
        source = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        fitted = centre_crop(resize(to_square(source) if is_square else source, size), crop_width, crop_height)
        assert fitted.shape == (crop_height, crop_width, 3)
        cases.append(
            {
                "from": [width, height],
                "resize": list(size) if isinstance(size, tuple) else size,
                "crop": [crop_width, crop_height],
                "square": is_square,
                "source": text(source),
                "fitted": text(fitted),
            }
        )
    path = pathlib.Path(__file__).parents[2] / "test/fixtures/media/fit.json"
    path.write_text(json.dumps({"pillow": PIL.__version__, "cases": cases}, indent=1) + "\n")


main()
