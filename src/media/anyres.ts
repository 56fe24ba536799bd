import { AimError } from "#core/errors.ts";
import { crop, pasteOn } from "./crop.ts";
import { fitImage } from "./fit.ts";
import type { RgbImage } from "./image.ts";
import type { PixelConfig } from "./preprocess.ts";
import { type Filter, resize } from "./resample.ts";

/** A resolution that a picture may be laid out in, in pixels. */
export type Pinpoint = readonly [height: number, width: number];

/** A picture as the model sees it: whole, and in crops of a larger version, row by row. */
export interface ImageCrops {
  readonly base: RgbImage;
  readonly grid?: { readonly rows: number; readonly columns: number; readonly crops: readonly RgbImage[] };
}

/**
 * Cuts a picture by the any-resolution scheme of LLaVA-OneVision: the whole picture at the model's size, and a version
 * that fits the best of `pinpoints`, its aspect ratio kept, centred on black, cut into crops of the model's size. Without
 * pinpoints there is only the base.
 *
 * Throws `unsupported` for a pinpoint that is not whole crops.
 * Source: arXiv 2408.03326; the geometry is that of Hugging Face's LlavaOnevisionImageProcessor.
 */
export function imageCrops(image: RgbImage, pinpoints: readonly Pinpoint[], config: PixelConfig): ImageCrops {
  const { size, filter } = config;
  const base = fitImage(image, config);
  if (pinpoints.length === 0) return { base };
  const [height, width] = selectBestResolution(image.height, image.width, pinpoints);
  if (height % size.height !== 0 || width % size.width !== 0) {
    throw new AimError(
      "unsupported",
      `pinpoint ${height} x ${width} is not whole crops of ${size.height} x ${size.width} px`,
    );
  }
  const canvas = fitOnBlack(image, height, width, filter);
  const rows = height / size.height;
  const columns = width / size.width;
  const crops = Array.from({ length: rows * columns }, (_, i) => {
    const top = Math.floor(i / columns) * size.height;
    return crop(canvas, { top, left: (i % columns) * size.width, ...size });
  });
  return { base, grid: { rows, columns, crops } };
}

/**
 * The resolution that keeps most of a picture: the one with the most real pixels after fitting it in (never more than it had),
 * of equal ones that with the least padding, of equal ones the first.
 *
 * Throws `invalid-argument` without pinpoints.
 */
export function selectBestResolution(height: number, width: number, pinpoints: readonly Pinpoint[]): Pinpoint {
  let best: { pinpoint: Pinpoint; kept: number; wasted: number } | undefined;
  for (const pinpoint of pinpoints) {
    const scale = Math.min(pinpoint[1] / width, pinpoint[0] / height);
    const kept = Math.min(Math.trunc(width * scale) * Math.trunc(height * scale), width * height);
    const wasted = pinpoint[0] * pinpoint[1] - kept;
    if (!best || kept > best.kept || (kept === best.kept && wasted < best.wasted)) best = { pinpoint, kept, wasted };
  }
  if (best) return best.pinpoint;
  throw new AimError("invalid-argument", "there are no pinpoints to choose from");
}

/** The largest size with the picture's aspect ratio that fits [height, width]. */
function fittedSize(image: RgbImage, height: number, width: number): { height: number; width: number } {
  const scaleWidth = width / image.width;
  const scaleHeight = height / image.height;
  return scaleWidth < scaleHeight
    ? { width, height: Math.min(Math.ceil(image.height * scaleWidth), height) }
    : { height, width: Math.min(Math.ceil(image.width * scaleHeight), width) };
}

function fitOnBlack(image: RgbImage, height: number, width: number, filter: Filter): RgbImage {
  const fitted = fittedSize(image, height, width);
  const resized = resize(image, fitted.width, fitted.height, filter);
  const top = Math.floor((height - fitted.height) / 2);
  const left = Math.floor((width - fitted.width) / 2);
  return pasteOn({ height, width, colour: [0, 0, 0] }, resized, { top, left });
}
