import { AimError } from "#core/errors.ts";
import { type FitConfig, fitImage } from "./fit.ts";
import type { RgbImage } from "./image.ts";
import { BICUBIC, BILINEAR, type Filter } from "./resample.ts";

/** How a model wants its pixels: a checked `preprocessor_config.json`. Steps that it switches off have neutral values. */
export interface PixelConfig extends FitConfig {
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
/** What CLIP's processor crops to where a file says nothing. */
const CLIP_CROP = 224;
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
  const isNormalized = flag(fields, "do_normalize");
  return {
    ...parseFit(fields),
    ...parseSquare(fields),
    filter: parseFilter(fields.get("resample") ?? 3),
    rescaleFactor: flag(fields, "do_rescale") ? number("rescale_factor", fields.get("rescale_factor") ?? 1 / 255) : 1,
    mean: isNormalized ? perChannel("image_mean", fields.get("image_mean")) : [0, 0, 0],
    std: isNormalized ? perChannel("image_std", fields.get("image_std")) : [1, 1, 1],
  };
}

/**
 * The model's input for one picture: fitted to its size, rescaled and normalised, [3, size.height, size.width].
 *
 * Rounds to 32 bits after each step, as the reference does.
 */
export function toPixelValues(image: RgbImage, config: PixelConfig): Float32Array {
  const { height, width } = config.size;
  const { data } = fitImage(image, config);
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

/** A size to resize to; CLIP's scheme resizes the shorter side and crops from the centre. */
function parseFit(fields: Map<string, unknown>): Pick<PixelConfig, "size" | "cropFrom"> {
  const size = fields.get("size");
  const isCropped = fields.get("do_center_crop") ?? hasShortestEdge(size);
  if (typeof isCropped !== "boolean") throw wrong("do_center_crop", "true or false", isCropped);
  if (!isCropped) {
    if (hasShortestEdge(size)) throw unsupported("size without do_center_crop", size); // pictures of all shapes
    return { size: fixedSize("size", size) };
  }
  const cropSize = fields.get("crop_size") ?? CLIP_CROP;
  return {
    size: typeof cropSize === "number" ? square("crop_size", cropSize) : fixedSize("crop_size", cropSize),
    cropFrom: resizedSize(size),
  };
}

/** What a picture is resized to before the crop; a plain number is its shorter side. */
function resizedSize(size: unknown): NonNullable<PixelConfig["cropFrom"]> {
  if (typeof size === "number") return { shorterSide: side("size", size) };
  if (hasShortestEdge(size)) return { shorterSide: side("size.shortest_edge", size.shortest_edge) };
  return fixedSize("size", size);
}

function hasShortestEdge(size: unknown): size is { readonly shortest_edge: unknown } {
  return typeof size === "object" && size !== null && "shortest_edge" in size;
}

function fixedSize(name: string, size: unknown): PixelConfig["size"] {
  if (typeof size !== "object" || size === null || !("height" in size) || !("width" in size)) {
    throw wrong(name, "an object with height and width", size);
  }
  return { height: side(`${name}.height`, size.height), width: side(`${name}.width`, size.width) };
}

function square(name: string, pixels: number): PixelConfig["size"] {
  return { height: side(name, pixels), width: side(name, pixels) };
}

/** LLaVA's own processor fills pictures up to squares of the mean colour; the same words mean something else to other processors. */
function parseSquare(fields: Map<string, unknown>): Pick<PixelConfig, "squareColour"> {
  const processor = fields.get("image_processor_type");
  const isSquared = typeof processor === "string" && /^LlavaImageProcessor/.test(processor) && fields.get("do_pad");
  if (isSquared !== true) return {};
  return { squareColour: perChannel("image_mean", fields.get("image_mean")).map((level) => Math.trunc(level * 255)) };
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
    hint: "choose a model whose pictures all come to one height and width, bilinear or bicubic",
  });
}
