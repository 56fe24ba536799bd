"""Make the media files of the project (needs ffmpeg):

python3 media.py samples DIR                the hand-made samples and their manifest.json
python3 media.py bench DIR                  the benchmark: 100 pictures, 100 clips, one question each in bench.jsonl
python3 media.py frames SAMPLES_DIR DIR     what the model sees of each sample, frames side by side, as PNG
"""
import json
import os
import sys

import numpy as np
from PIL import Image

from drawing import render_large
from media_files import load_media, write_mp4
from questions import questions
from scenes import make_image, make_video
from showcase import SHOWCASE

SAMPLE_FPS = 12
BENCH_FPS = 8

# How many questions of each type the benchmark asks.
IMAGE_PLAN = {
    "color": 12, "shape": 12, "count": 10, "count_color": 10, "count_shape": 8, "exist": 12, "relpos": 10, "relyn": 8,
    "where": 10, "describe": 8}
VIDEO_PLAN = {
    "direction": 12, "moves": 6, "movesyn": 5, "turns": 9, "startcolor": 4, "changes": 5, "appears": 5, "order": 12,
    "vanishes": 6, "vanishyn": 6, "endcount": 7, "startcount": 3, "flash": 7, "flashcolor": 5, "happens": 6, "color": 2}


def samples(folder):
    os.makedirs(folder, exist_ok=True)
    entries = []
    for piece in SHOWCASE:
        rng = np.random.default_rng(piece.seed)
        entry = {"id": piece.name}
        if piece.scene.kind == "video":
            entry |= {"file": f"{piece.name}.mp4", "modality": "video", "seconds": piece.seconds, "fps": SAMPLE_FPS}
            frames = render_large(piece.scene, np.linspace(0, 1, piece.seconds * SAMPLE_FPS), rng)
            write_mp4(frames, f"{folder}/{entry['file']}", SAMPLE_FPS, size=336, crf=26)
        else:
            entry |= {"file": f"{piece.name}.jpg", "modality": "image"}
            frames = render_large(piece.scene, [0.0], rng)
            Image.fromarray(frames[0]).save(f"{folder}/{entry['file']}", quality=88)
        entries.append({**entry, "qa": [{"question": question, "answer": answer} for question, answer in piece.asked]})
    with open(f"{folder}/manifest.json", "w") as file:
        json.dump({"samples": entries}, file, indent=2)


def bench(folder, seed=20241203):
    """Never used in training, which has other seeds and another way of drawing."""
    os.makedirs(f"{folder}/media", exist_ok=True)
    rng = np.random.default_rng(seed)
    rows = bench_files(folder, rng, "image", IMAGE_PLAN) + bench_files(folder, rng, "video", VIDEO_PLAN)
    with open(f"{folder}/bench.jsonl", "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def bench_files(folder, rng, kind, plan):
    """Draw scenes until the plan is fulfilled, one question and one file each; answers are kept varied."""
    left, given, rows = dict(plan), {}, []
    while any(left.values()):
        scene = make_image(rng) if kind == "image" else make_video(rng)
        possible = [q for q in questions(rng, scene) if left.get(q.type)]
        if not possible:
            continue
        asked = min(possible, key=lambda q: (given.get((q.type, q.answer), 0), -left[q.type]))
        times_given = given.get((asked.type, asked.answer), 0)
        if times_given > rng.integers(0, 3) and rng.random() < .85:
            continue
        left[asked.type] -= 1
        given[asked.type, asked.answer] = times_given + 1
        name = f"{kind[0]}{len(rows):03d}"
        path = write_bench_file(folder, rng, scene, name)
        rows.append({"id": name, "media": path, "modality": kind, "question": asked.text[0].upper() + asked.text[1:],
                     "answer": asked.answer, "type": asked.type})
    return rows


def write_bench_file(folder, rng, scene, name):
    """Smaller and more compressed than the samples.  Returns the path inside the folder."""
    if scene.kind == "image":
        path = f"media/{name}.jpg"
        image = Image.fromarray(render_large(scene, [0.0], rng)[0])
        image.resize((224, 224), Image.BICUBIC).save(f"{folder}/{path}", quality=80)
    else:
        path = f"media/{name}.mp4"
        write_mp4(render_large(scene, np.linspace(0, 1, 40), rng), f"{folder}/{path}", BENCH_FPS, size=168, crf=30)
    return path


def frames(samples_folder, folder):
    os.makedirs(folder, exist_ok=True)
    for piece in SHOWCASE:
        extension = "mp4" if piece.scene.kind == "video" else "jpg"
        strip = np.concatenate(load_media(f"{samples_folder}/{piece.name}.{extension}"), axis=1)
        Image.fromarray(strip).save(f"{folder}/{piece.name}.png")


if __name__ == "__main__":
    {"samples": samples, "bench": bench, "frames": frames}[sys.argv[1]](*sys.argv[2:])
