"""Draws scenes as pixels: small and fast for training, large for real media files."""
import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from scenes import CANVAS

SIDE = 84                                               # of the pictures that the model sees
REDUCTION = CANVAS // SIDE                              # 4 canvas units to a pixel
OVERSAMPLING = 4
SENSOR_NOISE = np.random.default_rng(0).normal(0, 1, 1 << 17).astype(np.float32)


def render(scene, times, rng):
    """The scene as the model will see it: uint8 [times, SIDE, SIDE, 3].

    Made for speed from cached sprites; colour and noise vary as they do in pictures that were compressed and shrunk.
    """
    backdrop = background(rng, SIDE)
    gain, offset = rng.uniform(.9, 1.08) * rng.uniform(.97, 1.03, 3), rng.uniform(-8, 8)
    noise_level, flicker, softness = rng.uniform(1, 8), rng.uniform(0, 3), rng.random()
    frames = np.empty((len(times), SIDE, SIDE, 3), np.uint8)
    for k, t in enumerate(times):
        image = backdrop.copy()
        for figure in scene.figures:
            opacity = figure.opacity(t)
            if opacity > 0:
                mask, top, left = sprite_at(figure, t)
                paste(image, mask if opacity >= 1 else mask * opacity, top, left, np.float32(figure.rgb(t)))
        at = int(rng.integers(0, len(SENSOR_NOISE) - image.size))
        noise = SENSOR_NOISE[at:at + image.size].reshape(image.shape)
        image = (image + noise * noise_level) * gain + offset + rng.normal() * flicker
        frames[k] = soften(np.clip(image, 0, 255).astype(np.uint8), softness)
    return frames


def render_large(scene, times, rng):
    """The scene in full size, for files: uint8 [times, CANVAS, CANVAS, 3]."""
    backdrop = background(rng, CANVAS)
    noise_level = rng.uniform(2, 7)
    frames = np.empty((len(times), CANVAS, CANVAS, 3), np.uint8)
    for k, t in enumerate(times):
        image = backdrop.copy()
        for figure in scene.figures:
            opacity = figure.opacity(t)
            if opacity > 0:
                mask, top, left = mask_at(figure, t)
                paste(image, mask[..., None] * opacity, top, left, np.float32(figure.rgb(t)))
        image += rng.standard_normal(image.shape, np.float32) * np.float32(noise_level)
        frames[k] = np.clip(image, 0, 255).astype(np.uint8)
    return frames


def soften(image, softness):
    """What scaling and compression leave of some pictures: blur, halos, lost detail.  Most stay as they are."""
    if softness < .12:
        return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(.6)))
    if softness < .2:
        return np.asarray(Image.fromarray(image).filter(ImageFilter.UnsharpMask(1, 60, 0)))
    if softness < .28:
        small = Image.fromarray(image).resize((60, 60), Image.BILINEAR)
        return np.asarray(small.resize((SIDE, SIDE), Image.BICUBIC))
    return image


# ---------------------------------------------------------------------------------------------------- figures


def mask_at(figure, t):
    """The figure's mask at time t and where its top left corner lies on the canvas: mask [n, n], top, left."""
    mask = shape_mask(figure.shape, figure.radius, figure.rotation)
    x, y = figure.position(t)
    return mask, int(round(y)) - mask.shape[0] // 2, int(round(x)) - mask.shape[1] // 2


def sprite_at(figure, t):
    """The same in pixels of the small picture: mask [n, n, 1], top, left."""
    _, top, left = mask_at(figure, t)
    mask = sprite(figure.shape, figure.radius, figure.rotation, left % REDUCTION, top % REDUCTION)
    return mask, top // REDUCTION, left // REDUCTION


@functools.lru_cache(maxsize=None)
def sprite(shape, radius, rotation, shift_x, shift_y):
    """The shape's mask reduced to small pixels, [n, n, 1]; the shifts (0..3 canvas units) place it between pixels."""
    mask = shape_mask(shape, radius, rotation)
    n = -(-(mask.shape[0] + REDUCTION - 1) // REDUCTION)
    padded = np.zeros((n * REDUCTION, n * REDUCTION), np.float32)
    padded[shift_y:shift_y + mask.shape[0], shift_x:shift_x + mask.shape[1]] = mask
    return padded.reshape(n, REDUCTION, n, REDUCTION).mean((1, 3))[..., None]


@functools.lru_cache(maxsize=None)
def shape_mask(shape, radius, rotation):
    """Smooth-edged opacity 0..1 of a shape, [n, n] in canvas units, the shape in the middle."""
    n = 2 * radius + 8
    center, reach = n * OVERSAMPLING / 2, radius * OVERSAMPLING
    image = Image.new("L", (n * OVERSAMPLING, n * OVERSAMPLING))
    draw_shape(ImageDraw.Draw(image), shape, center, reach)
    if rotation:
        image = image.rotate(rotation, Image.BILINEAR)
    return np.asarray(image, np.float32).reshape(n, OVERSAMPLING, n, OVERSAMPLING).mean((1, 3)) / 255


def draw_shape(draw, shape, center, reach):
    """Fill the shape around (center, center); `reach` is its radius in oversampled pixels."""

    def box(width, height):
        return [center - width * reach, center - height * reach, center + width * reach, center + height * reach]

    if shape == "circle":
        draw.ellipse(box(.95, .95), fill=255)
    elif shape == "ring":
        draw.ellipse(box(1, 1), fill=255)
        draw.ellipse(box(.56, .56), fill=0)
    elif shape == "square":
        draw.rectangle(box(.84, .84), fill=255)
    elif shape == "triangle":
        base = center + .76 * reach
        draw.polygon([(center, center - reach), (center + .98 * reach, base), (center - .98 * reach, base)], fill=255)
    elif shape == "cross":
        draw.rectangle(box(1, .34), fill=255)
        draw.rectangle(box(.34, 1), fill=255)
    elif shape == "star":
        corners = [(-np.pi / 2 + k * np.pi / 5, (1.06 if k % 2 == 0 else .44) * reach) for k in range(10)]
        draw.polygon([(center + far * np.cos(angle), center + far * np.sin(angle)) for angle, far in corners], fill=255)


def overlap(side, mask, top, left):
    """What of a mask placed at (top, left) lies inside a square: its slices of the square and of the mask."""
    height, width = mask.shape[:2]
    first_row, first_column = max(0, -top), max(0, -left)
    rows = slice(first_row, max(first_row, min(height, side - top)))
    columns = slice(first_column, max(first_column, min(width, side - left)))
    inside = slice(top + rows.start, top + rows.stop), slice(left + columns.start, left + columns.stop)
    return inside, (rows, columns)


def paste(image, mask, top, left, color):
    """Blend `color` [3] into `image` [side, side, 3] where `mask` [n, n, 1] says, in place."""
    inside, part = overlap(len(image), mask, top, left)
    view = image[inside]
    view += mask[part] * (color - view)


# ---------------------------------------------------------------------------------------------------- backdrop


def background(rng, side):
    """A muted backdrop, float32 [side, side, 3]: plain, a gradient, soft blobs or stripes."""
    base = rng.uniform(75, 185) + rng.uniform(-14, 14, 3)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    kind = rng.integers(4)
    if kind == 0:
        pattern = np.zeros((side, side), np.float32)
    elif kind == 1:
        angle = rng.uniform(0, 2 * np.pi)
        pattern = (np.cos(angle) * (x - .5) + np.sin(angle) * (y - .5)) * rng.uniform(20, 70)
    elif kind == 2:
        pattern = (smooth_noise(rng, side, int(rng.integers(3, 8))) - .5) * rng.uniform(20, 70)
    else:
        angle = rng.uniform(0, 2 * np.pi)
        pattern = np.sin((np.cos(angle) * x + np.sin(angle) * y) * rng.uniform(12, 50)) * rng.uniform(4, 16)
    tint = 1 + rng.uniform(-.15, .15, 3)
    return np.clip(base + pattern[..., None] * tint, 30, 225).astype(np.float32)


def smooth_noise(rng, side, cells):
    """cells x cells random values 0..1, smoothly enlarged to [side, side]."""
    coarse = rng.random((cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.BICUBIC))
