import { pasteOn } from "./crop.ts";
import type { RgbImage } from "./image.ts";
import { checkPixels } from "./limits.ts";
import { type Filter, resize } from "./resample.ts";

/** How a picture of any shape comes to the size that a model sees. */
export interface FitConfig {
  /** Of the result, in pixels. */
  readonly size: { readonly height: number; readonly width: number };
  readonly filter: Filter;
  /**
   * What the picture is resized to before `size` is cut from its centre: a shorter side, so that it keeps its shape, or a fixed size. Not there
   * where the picture is resized to `size` itself, whatever its shape.
   */
  readonly cropFrom?: { readonly shorterSide: number } | { readonly height: number; readonly width: number };
  /** 8-bit red, green and blue that fill the picture up to a square first; without it, it stays as it is. */
  readonly squareColour?: readonly number[];
}

const BLACK = [0, 0, 0];

/**
 * Fits a picture to the model's size; one that has it is not touched.
 *
 * What the crop leaves out is never computed, so that a picture of a thousand times its height is no trouble. Where the resized picture is smaller
 * than the crop, the rest is black. Throws `invalid-media` for a picture whose square is above MAX_PIXELS.
 * Source: Hugging Face's CLIPImageProcessor and LlavaImageProcessor (the slow ones), bit for bit (test/fixtures/media/fit.json).
 */
export function fitImage(image: RgbImage, { size, filter, cropFrom, squareColour }: FitConfig): RgbImage {
  const whole = squareColour === undefined ? image : toSquare(image, squareColour);
  if (cropFrom === undefined) return resize(whole, size.width, size.height, filter);
  const { width, height } = "shorterSide" in cropFrom ? keepShape(whole, cropFrom.shorterSide) : cropFrom;
  const [across, down] = [centred(width, size.width), centred(height, size.height)];
  const visible = { left: across.start, width: across.length, top: down.start, height: down.length };
  const resized = resize(whole, width, height, filter, visible);
  if (visible.width === size.width && visible.height === size.height) return resized;
  return pasteOn({ ...size, colour: BLACK }, resized, { top: down.padding, left: across.padding });
}

/** The size whose shorter side is `shorterSide`; the longer one is cut off to whole pixels, not rounded. */
function keepShape({ width, height }: RgbImage, shorterSide: number): { width: number; height: number } {
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  const other = Math.trunc((shorterSide * longer) / shorter);
  return width <= height ? { width: shorterSide, height: other } : { width: other, height: shorterSide };
}

/** What of a side of `from` pixels a crop of `to` shows, and how many empty pixels come before it. */
function centred(from: number, to: number): { start: number; length: number; padding: number } {
  const start = Math.floor((from - to) / 2);
  return start >= 0 ? { start, length: Math.min(from, to), padding: 0 } : { start: 0, length: from, padding: -start };
}

function toSquare(image: RgbImage, colour: readonly number[]): RgbImage {
  const { width, height } = image;
  if (width === height) return image;
  const side = Math.max(width, height);
  checkPixels("a picture that is filled up to a square", side, side);
  const [top, left] = [Math.floor((side - height) / 2), Math.floor((side - width) / 2)];
  return pasteOn({ width: side, height: side, colour }, image, { top, left });
}
