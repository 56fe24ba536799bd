import type { RgbImage } from "./image.ts";

/** A part of a picture, in pixels. */
export interface Area {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The part of `image` within `area`, which must lie inside; the picture itself where that is all of it. */
export function crop(image: RgbImage, { top, left, height, width }: Area): RgbImage {
  if (height === image.height && width === image.width) return image;
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** `image` on a larger picture of one colour, whose `area` it fills. */
export function pasteOn(
  { height, width, colour }: { height: number; width: number; colour: readonly number[] },
  image: RgbImage,
  { top, left }: Pick<Area, "top" | "left">,
): RgbImage {
  const data = new Uint8Array(height * width * 3);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3] ?? 0;
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    data.set(row, ((top + y) * width + left) * 3);
  }
  return { width, height, data };
}
