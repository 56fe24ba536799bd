import { AimError } from "#core/errors.ts";
import type { RgbImage } from "./image.ts";
import { BICUBIC, BILINEAR, type Filter, resize } from "./resample.ts";

/** How a model wants its pixels: a checked `preprocessor_config.json`. Steps that it switches off have neutral values. */
export interface PixelConfig {
  /** The size that every picture is resized to, whatever its shape. */
  readonly size: { readonly height: number; readonly width: number };
  readonly filter: Filter;
  /** 8-bit levels times this; 1 if not rescaled. */
  readonly rescaleFactor: number;
  /** Red, green, blue, after rescaling; 0 and 1 if not normalised. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** By the number that PIL gives them. */
const FILTERS = new Map([
  [2, BILINEAR],
  [3, BICUBIC],
]);
const FILTER_NAMES = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"];

/**
 * Checks the parsed JSON of a `preprocessor_config.json` or `video_preprocessor_config.json` and keeps what decides the pixels.
 * Fields that are left out have Hugging Face's defaults, except `size`, `image_mean` and `image_std`, which it needs.
 *
 * Throws `invalid-model` for a field of the wrong type, `unsupported`, with the field's name, for what is not done here.
 */
export function parsePixelConfig(json: unknown): PixelConfig {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw wrong("the file", "an object", json);
  const fields = new Map<string, unknown>(Object.entries(json));
  if (!flag(fields, "do_resize")) throw unsupported("do_resize", false);
  // A crop from the centre belongs between resizing and rescaling, with its size from `crop_size`.
  if (fields.get("do_center_crop")) throw unsupported("do_center_crop", true);
  const isNormalized = flag(fields, "do_normalize");
  return {
    size: parseSize(fields.get("size")),
    filter: parseFilter(fields.get("resample") ?? 3),
    rescaleFactor: flag(fields, "do_rescale") ? number("rescale_factor", fields.get("rescale_factor") ?? 1 / 255) : 1,
    mean: isNormalized ? perChannel("image_mean", fields.get("image_mean")) : [0, 0, 0],
    std: isNormalized ? perChannel("image_std", fields.get("image_std")) : [1, 1, 1],
  };
}

/**
 * The model's input for one picture: resized, rescaled and normalised, [3, size.height, size.width].
 *
 * Rounds to 32 bits after each step, as the reference does.
 */
export function toPixelValues(image: RgbImage, config: PixelConfig): Float32Array {
  const { height, width } = config.size;
  const { data } = resize(image, width, height, config.filter);
  const plane = height * width;
  const values = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const levels = normalizedLevels(config, channel);
    for (let i = 0; i < plane; i++) values[channel * plane + i] = levels[data[i * 3 + channel] ?? 0] ?? 0;
  }
  return values;
}

/** [256] What each 8-bit level becomes. */
function normalizedLevels({ rescaleFactor, mean, std }: PixelConfig, channel: number): Float32Array {
  const center = Math.fround(mean[channel] ?? 0);
  const spread = Math.fround(std[channel] ?? 1);
  return Float32Array.from({ length: 256 }, (_, level) => {
    return Math.fround(Math.fround(level * rescaleFactor) - center) / spread;
  });
}

function parseSize(size: unknown): PixelConfig["size"] {
  if (typeof size !== "object" || size === null) throw wrong("size", "an object with height and width", size);
  if ("height" in size && "width" in size) {
    return { height: side("size.height", size.height), width: side("size.width", size.width) };
  }
  // The shorter side of CLIP's scheme: keeps the aspect ratio and needs do_center_crop.
  throw unsupported("size", size);
}

function parseFilter(resample: unknown): Filter {
  const code = number("resample", resample);
  const filter = FILTERS.get(code);
  if (filter === undefined) throw unsupported("resample", FILTER_NAMES[code] ?? code);
  return filter;
}

function flag(fields: Map<string, unknown>, name: string): boolean {
  const value = fields.get(name) ?? true;
  if (typeof value !== "boolean") throw wrong(name, "true or false", value);
  return value;
}

function number(name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(name, "a number", value);
  return value;
}

function side(name: string, value: unknown): number {
  const pixels = number(name, value);
  if (!Number.isInteger(pixels) || pixels < 1 || pixels > 8192)
    throw wrong(name, "a whole number from 1 to 8192", value);
  return pixels;
}

function perChannel(name: string, value: unknown): number[] {
  if (!Array.isArray(value) || value.length !== 3) throw wrong(name, "three numbers", value);
  return value.map((element, i) => number(`${name}[${i}]`, element));
}

function wrong(name: string, expected: string, value: unknown): AimError {
  return new AimError(
    "invalid-model",
    `preprocessor config: ${name} must be ${expected}, got ${JSON.stringify(value)}`,
    {
      hint: "download the model again, or compare the file with the one on its model page",
    },
  );
}

function unsupported(name: string, value: unknown): AimError {
  return new AimError("unsupported", `preprocessor config: ${name} ${JSON.stringify(value)} is not supported`, {
    hint: "choose a model that resizes pictures to a fixed height and width, bilinear or bicubic",
  });
}
