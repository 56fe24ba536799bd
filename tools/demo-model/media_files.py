"""Reads and writes clips with ffmpeg, and pictures with Pillow."""
import subprocess

import numpy as np
from PIL import Image

from drawing import SIDE


def write_mp4(frames, path, fps, size, crf):
    """Compress `frames`, uint8 [frames, height, width, 3], as H.264 of size x size pixels."""
    height, width = frames.shape[1:3]
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(fps), "-i", "-"]
    scale = f"scale={size}:{size}:flags=bicubic:out_color_matrix=bt709:out_range=tv"
    codec = ["-c:v", "libx264", "-preset", "slow", "-threads", "1", "-crf", str(crf), "-pix_fmt", "yuv420p"]
    color = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *source, "-vf", scale, *codec, *color, "-movflags", "+faststart", path],
        input=frames.tobytes(), check=True)


def read_mp4(path):
    """All frames of a clip: uint8 [frames, height, width, 3]."""
    probe = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height"]
    answer = subprocess.run([*probe, "-of", "csv=p=0", path], capture_output=True, check=True, text=True).stdout
    width, height = map(int, answer.strip().split(",")[:2])
    decode = ["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(decode, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def load_media(path, frames=8):
    """What the model sees of a file: uint8 [frames, 84, 84, 3], one frame of a picture.

    This is the reference for reading media: uniform frames, np.linspace(0, last, frames) rounded down, each resized
    with Pillow's bicubic filter.
    """
    if path.endswith(".mp4"):
        clip = read_mp4(path)
        images = [Image.fromarray(clip[i]) for i in np.linspace(0, len(clip) - 1, frames).astype(int)]
    else:
        images = [Image.open(path).convert("RGB")]
    return np.stack([np.asarray(image.resize((SIDE, SIDE), Image.BICUBIC)) for image in images])
