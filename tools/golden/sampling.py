"""Writes test/fixtures/media/sampling.json: uniform frame indices as numpy gives them.

python3 tools/golden/sampling.py   (needs numpy)
"""
import json
import pathlib

import numpy as np


def main():
    cases = []
    rng = np.random.default_rng(7)
    counts = [(0, 1, 1), (0, 1, 4), (0, 3, 8), (0, 96, 8), (0, 1800, 32), (0, 108000, 192), (250, 77, 16)]
    # Spans in which floating point puts an index one below where whole numbers would.
    for _ in range(200_000):
        first, count, n = (int(rng.integers(0, high)) for high in (2, 4000, 130))
        if count < 1 or n < 2 or len(counts) >= 14:
            continue
        exact = [first + i * (count - 1) // (n - 1) for i in range(n)]
        if exact != np.linspace(first, first + count - 1, n).astype(int).tolist():
            counts.append((first, count, n))
    for first, count, n in counts:
        indices = np.linspace(first, first + count - 1, n).astype(int).tolist()
        cases.append({"first": first, "count": count, "n": n, "indices": indices})
    path = pathlib.Path(__file__).parents[2] / "test/fixtures/media/sampling.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


main()
