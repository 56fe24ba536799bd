"""Measure a checkpoint on real files, with and without AIM:

python3 evaluate.py bench CHECKPOINT BENCH_DIR OUT.json         accuracy by type and FLOPs for a range of AIM settings
                                     (scenes:150 for BENCH_DIR: 150 new clips and pictures drawn in memory)
python3 evaluate.py expected CHECKPOINT SAMPLES_DIR OUT.json    reference outputs for the samples
"""
import json
import sys
import time
from typing import NamedTuple

import numpy as np
import torch

from aim import prefill_flops
from config import Config
from data import sample_image, sample_video
from generate import generate, prompt
from media_files import load_media
from model import Llava
from tokenizer import Tokenizer
from vision_tower import to_pixels
from weights import load_safetensors

FRAMES = 8
SCENE_SEED = 4242
QUESTIONS_PER_SCENE = 6


class Setting(NamedTuple):
    """How much merging leaves, and the first and last layer of pruning (see aim.py), or None."""
    merge: float
    first: int | None = None
    last: int | None = None

    @property
    def schedule(self):
        return None if self.first is None else (self.first, self.last)


SETTINGS = [
    Setting(1), Setting(.5), Setting(.25), Setting(.125),
    Setting(1, 4, 7), Setting(1, 3, 7), Setting(1, 2, 6),
    Setting(.5, 4, 7), Setting(.5, 3, 7), Setting(.5, 2, 6),
    Setting(.25, 5, 8), Setting(.25, 4, 8), Setting(.25, 4, 7), Setting(.25, 3, 7), Setting(.25, 3, 6),
    Setting(.25, 2, 6), Setting(.25, 1, 5),
    Setting(.125, 4, 7), Setting(.125, 3, 7), Setting(.125, 2, 6),
]
BEST = Setting(.25, 4, 7)


def load(folder):
    weights = load_safetensors(f"{folder}/model.safetensors")
    net = Llava(len(weights["language_model.model.embed_tokens.weight"]))
    net.load_state_dict(weights)
    return net.eval(), Tokenizer.load(folder)


@torch.no_grad()
def features_of(net, frames):
    """Patch features [frames, 196, vision_width] of uint8 frames."""
    return net.features(to_pixels(frames))


# ---------------------------------------------------------------------------------------------------- bench


def run_bench(checkpoint, folder, out):
    net, tokenizer = load(checkpoint)
    if folder.startswith("scenes:"):
        rows, features = bench_scenes(net, int(folder.removeprefix("scenes:")))
    else:
        rows, features = bench_files(net, folder)
    report = []
    for setting in SETTINGS:
        result = measure(net, tokenizer, rows, features, setting)
        report.append(result)
        print(f"merge {setting.merge} prune {setting.first}-{setting.last}: "
              f"image {result['image']:.3f} video {result['video']:.3f} all {result['all']:.3f} "
              f"MFLOPs image {result['mflops_image']:.0f} video {result['mflops_video']:.0f} "
              f"({result['seconds']:.0f}s)", flush=True)
    with open(out, "w") as file:
        json.dump({"frames": FRAMES, "settings": report}, file, indent=1)


def bench_files(net, folder):
    """The questions of bench.jsonl, and the features of each file."""
    with open(f"{folder}/bench.jsonl") as file:
        rows = [json.loads(line) for line in file]
    return rows, {row["media"]: features_of(net, load_media(f"{folder}/{row['media']}", FRAMES)) for row in rows}


def bench_scenes(net, count):
    """The same for new scenes, with several questions on each."""
    rows, features, rng = [], {}, np.random.default_rng(SCENE_SEED)
    for k in range(count):
        for modality, sample in (("video", sample_video(rng, FRAMES, 0)), ("image", sample_image(rng, 0))):
            name = f"{modality}{k}"
            features[name] = features_of(net, sample.frames)
            for i, (question, answer, kind) in enumerate(sample.questions[:QUESTIONS_PER_SCENE]):
                rows.append({"id": f"{name}.{i}", "media": name, "modality": modality, "question": question,
                             "answer": answer, "type": kind})
    return rows, features


def measure(net, tokenizer, rows, features, setting):
    """Answers, accuracy and FLOPs with one setting."""
    right_by_type, flops, answers, began = {}, {"image": [], "video": []}, {}, time.time()
    for row in rows:
        modality = row["modality"]
        ids = prompt(tokenizer, modality, row["question"])
        answer = generate(net, tokenizer, features[row["media"]], modality, ids, setting.merge, setting.schedule)
        text = answers[row["id"]] = tokenizer.decode(answer.ids)
        right_by_type.setdefault((modality, row["type"]), []).append(text == row["answer"])
        flops[modality].append(prefill_flops(Config(), answer.tokens_per_layer, tokenizer.size))

    def accuracy(*modalities):
        counted = [right for (modality, _), right in right_by_type.items() if modality in modalities]
        return float(np.mean(sum(counted, [])))

    return {
        "merge": setting.merge, "l1": setting.first, "l2": setting.last,
        "image": accuracy("image"), "video": accuracy("video"), "all": accuracy("image", "video"),
        "mflops_image": float(np.mean(flops["image"])) / 1e6, "mflops_video": float(np.mean(flops["video"])) / 1e6,
        "types": {":".join(kind): [sum(right), len(right)] for kind, right in sorted(right_by_type.items())},
        "answers": answers,
        "seconds": time.time() - began,
    }


# ---------------------------------------------------------------------------------------------------- expected


def run_expected(checkpoint, folder, out):
    net, tokenizer = load(checkpoint)
    with open(f"{folder}/manifest.json") as file:
        samples = json.load(file)["samples"]
    items = [item for sample in samples for item in expected_items(net, tokenizer, folder, sample)]
    correct = {name: sum(item[name]["answer"] == item["truth"] for item in items) for name in ("plain", "aim")}
    with open(out, "w") as file:
        json.dump({
            "frames": FRAMES,
            "sampling": "np.linspace(0, last, frames) rounded down; ffmpeg rgb24; PIL bicubic to 84x84; "
                        "(x/255-0.5)/0.5",
            "precision": "fp16 weights, fp32 arithmetic",
            "aim": {"merge": BEST.merge, "l1": BEST.first, "l2": BEST.last},
            "note": "input_ids hold one <image>/<video> id where the visual tokens (after merging) and image_newline "
                    "go; tokens_per_layer = sequence length that enters each layer at prefill",
            "correct": correct,
            "questions": len(items),
            "items": items,
        }, file, indent=1)
    print("samples right:", correct, "of", len(items))


def expected_items(net, tokenizer, folder, sample):
    """What the model says to each question on a sample, with all tokens and with AIM."""
    modality = sample["modality"]
    features = features_of(net, load_media(f"{folder}/{sample['file']}", FRAMES))
    items = []
    for asked in sample["qa"]:
        ids = prompt(tokenizer, modality, asked["question"])
        item = {"id": sample["id"], "file": sample["file"], "modality": modality, "question": asked["question"],
                "truth": asked["answer"], "input_ids": ids}
        for name, setting in (("plain", Setting(1)), ("aim", BEST)):
            answer = generate(net, tokenizer, features, modality, ids, setting.merge, setting.schedule)
            top = answer.first_logits.topk(5)
            item[name] = {
                "answer": tokenizer.decode(answer.ids), "output_ids": answer.ids,
                "tokens_per_layer": answer.tokens_per_layer,
                "top5": [[int(token), round(float(logit), 4)] for token, logit in zip(top.indices, top.values)]}
        items.append(item)
    return items


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"bench": run_bench, "expected": run_expected}[sys.argv[1]](*sys.argv[2:5])
