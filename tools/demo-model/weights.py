"""Weights in the safetensors format: length of the header, JSON header, raw little-endian data."""
import json
import struct

import numpy as np
import torch


def save_safetensors(tensors, path):
    """Write the named tensors in half precision, sorted by name."""
    header, blobs, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors):
        array = tensors[name].detach().cpu().float().numpy().astype(np.float16)
        header[name] = {"dtype": "F16", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        blobs.append(array.tobytes())
        at += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def load_safetensors(path):
    """Read half-precision weights as float32 tensors by name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        array = np.frombuffer(data[start:end], np.float16).astype(np.float32)
        tensors[name] = torch.from_numpy(array).view(*entry["shape"])
    return tensors
