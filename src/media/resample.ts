import { AimError } from "#core/errors.ts";
import { type Area, crop } from "./crop.ts";
import type { RgbImage } from "./image.ts";

/** A resampling filter: a weight by the distance from the centre, 0 beyond `support`, both in source pixels when enlarging. */
export interface Filter {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** Pillow's BILINEAR: a triangle. */
export const BILINEAR: Filter = { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) };

/** Pillow's BICUBIC: Keys' cubic with a = -0.5. */
export const BICUBIC: Filter = { support: 2, weight: cubic };

function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Weights are whole multiples of 2^-22: the largest with which the sum over 8-bit values, overshoot included, fits 32 bits. */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/** `resize` with Pillow's BICUBIC, which the base models' image processors use. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, BICUBIC);
}

/**
 * Resizes to [height, width, 3], bit for bit as Pillow's Image.resize does with 8-bit RGB.
 *
 * When shrinking, the filter is stretched by the scale, so that every source pixel counts (antialiasing). Rows first, then
 * columns, with 8 bits in between; a side that keeps its length is not touched. Weights beyond the border are left out and the
 * rest normalised.
 *
 * Of the result only `area` is computed and given, all of it unless said.
 *
 * Throws `invalid-argument` unless both sides are whole and at least 1.
 * Source: Pillow's resampling, checked against version 9.4 (test/fixtures/media/resample.json).
 */
export function resize(
  image: RgbImage,
  width: number,
  height: number,
  filter: Filter,
  area: Area = { top: 0, left: 0, height, width },
): RgbImage {
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new AimError("invalid-argument", `${name} must be a whole number of at least 1, got ${value}`);
    }
  }
  const { top, left } = area;
  const wide =
    width === image.width
      ? crop(image, { top: 0, left, height: image.height, width: area.width })
      : resizeRows(image, kernelFor(image.width, { target: width, first: left, count: area.width }, filter));
  return height === image.height
    ? crop(wide, { top, left: 0, height: area.height, width: wide.width })
    : resizeColumns(wide, kernelFor(image.height, { target: height, first: top, count: area.height }, filter));
}

/** For each of `count` output pixels: the source pixels `from` to `from + taps - 1` and their weights [output, stride]. */
interface Kernel {
  readonly count: number;
  readonly from: Int32Array;
  readonly taps: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

/** The output pixels of a side of `target` that are wanted. */
interface Wanted {
  readonly target: number;
  readonly first: number;
  readonly count: number;
}

function kernelFor(source: number, { target, first, count }: Wanted, filter: Filter): Kernel {
  const scale = source / target;
  const stretch = Math.max(1, scale);
  const support = filter.support * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const kernel = {
    count,
    from: new Int32Array(count),
    taps: new Int32Array(count),
    weights: new Int32Array(count * stride),
    stride,
  };
  const exact = new Float64Array(stride);
  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(source, Math.trunc(center + support + 0.5)) - from;
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      const weight = filter.weight((t + from - center + 0.5) * (1 / stretch));
      exact[t] = weight;
      sum += weight;
    }
    kernel.from[i] = from;
    kernel.taps[i] = taps;
    for (let t = 0; t < taps; t++) {
      const weight = (exact[t] ?? 0) / (sum || 1);
      kernel.weights[i * stride + t] = Math.trunc(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
    }
  }
  return kernel;
}

function resizeRows({ width: source, height, data }: RgbImage, kernel: Kernel): RgbImage {
  const width = kernel.count;
  const out = new Uint8ClampedArray(height * width * 3);
  for (let y = 0, o = 0; y < height; y++) {
    const row = y * source * 3;
    for (let x = 0; x < width; x++, o += 3) {
      sumPixel(kernel, x, { data, start: row + (kernel.from[x] ?? 0) * 3, step: 3 }, out, o);
    }
  }
  return { width, height, data: bytesOf(out) };
}

function resizeColumns({ width, data }: RgbImage, kernel: Kernel): RgbImage {
  const height = kernel.count;
  const out = new Uint8ClampedArray(height * width * 3);
  for (let y = 0, o = 0; y < height; y++) {
    const row = (kernel.from[y] ?? 0) * width * 3;
    for (let x = 0; x < width; x++, o += 3) sumPixel(kernel, y, { data, start: row + x * 3, step: width * 3 }, out, o);
  }
  return { width, height, data: bytesOf(out) };
}

/** Writes output pixel `i` of a row or column: the weighted sum of the source pixels from `start` on, `step` bytes apart. */
function sumPixel(
  { taps, weights, stride }: Kernel,
  i: number,
  source: { data: Uint8Array; start: number; step: number },
  out: Uint8ClampedArray,
  o: number,
): void {
  const { data, start, step } = source;
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  const first = i * stride;
  const end = first + (taps[i] ?? 0);
  for (let w = first, p = start; w < end; w++, p += step) {
    const weight = weights[w] ?? 0;
    red = (red + Math.imul(data[p] ?? 0, weight)) | 0;
    green = (green + Math.imul(data[p + 1] ?? 0, weight)) | 0;
    blue = (blue + Math.imul(data[p + 2] ?? 0, weight)) | 0;
  }
  out[o] = red >> PRECISION_BITS;
  out[o + 1] = green >> PRECISION_BITS;
  out[o + 2] = blue >> PRECISION_BITS;
}

function bytesOf(clamped: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(clamped.buffer);
}
