"""Writes test/fixtures/media/resample.json: what Pillow's Image.resize gives for small random pictures.

python3 tools/golden/resample.py   (needs numpy and Pillow)
"""
import base64
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
# width, height, new width, new height
SIZES = [(37, 23, 12, 9), (9, 7, 31, 20), (40, 10, 13, 33), (20, 30, 20, 11), (30, 20, 11, 20), (1, 1, 5, 4), (33, 33, 14, 14), (17, 29, 1, 1)]


def text(pixels):
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()


def main():
    rng = np.random.default_rng(7)
    cases = []
    for name, code in FILTERS.items():
        for i, (width, height, new_width, new_height) in enumerate(SIZES):
            levels = rng.integers(0, 256, (height, width, 3))
            if i % 2:  # only black and white: the bicubic overshoot must be clipped
                levels = np.where(levels < 128, 0, 255)
            source = levels.astype(np.uint8)
            resized = np.asarray(Image.fromarray(source).resize((new_width, new_height), code))
            cases.append({"filter": name, "from": [width, height], "to": [new_width, new_height], "source": text(source), "resized": text(resized)})
    path = pathlib.Path(__file__).parents[2] / "test/fixtures/media/resample.json"
    path.write_text(json.dumps({"pillow": PIL.__version__, "cases": cases}, indent=1) + "\n")


main()
