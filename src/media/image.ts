import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import { checkMediaFile, type MediaFile, unreadable } from "./file.ts";
import { checkPixels, MAX_IMAGE_BYTES, MAX_PIXELS } from "./limits.ts";

/** A picture: rgb24, row-major [height, width, 3], sRGB. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const DECODE_LIMIT_SECONDS = 60;

/**
 * Reads a JPEG, PNG, WebP, GIF (its first frame), TIFF (its first page) or AVIF picture, known by its content, whatever its name.
 *
 * The picture is turned upright (EXIF), transparent parts are laid on white, 16 bits become 8, and colours are taken as they
 * are stored, as PIL does: an embedded profile is not applied, except for CMYK, which has no other meaning.
 *
 * Throws `not-found`, `invalid-media` (not a picture, damaged, cut short, above MAX_PIXELS or MAX_IMAGE_BYTES), `io` and `cancelled`.
 */
export async function readImage(path: string, options: { signal?: AbortSignal | undefined } = {}): Promise<RgbImage> {
  throwIfCancelled(options.signal);
  const file = await checkMediaFile(path, "image");
  if (file.sizeBytes > MAX_IMAGE_BYTES) {
    throw new AimError(
      "invalid-media",
      `${file.name} is too large: ${file.sizeBytes} bytes, the limit is ${MAX_IMAGE_BYTES}`,
      {
        hint: "scale the picture down first",
      },
    );
  }
  // Read here, so that no decoder gets to see a file name: libvips reads options from names in brackets.
  const bytes = await readFile(file.path).catch((cause) => Promise.reject(unreadable(file.name, cause)));
  throwIfCancelled(options.signal);
  const image = await decode(bytes, file);
  throwIfCancelled(options.signal);
  return image;
}

async function decode(bytes: Buffer, file: MediaFile): Promise<RgbImage> {
  try {
    const { width, height, space } = await sharp(bytes, { limitInputPixels: false }).metadata();
    checkPixels(file.name, width, height);
    const { data, info } = await sharp(bytes, {
      failOn: "error",
      limitInputPixels: MAX_PIXELS,
      ignoreIcc: space !== "cmyk",
    })
      .timeout({ seconds: DECODE_LIMIT_SECONDS })
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (cause) {
    if (cause instanceof AimError) throw cause;
    throw new AimError("invalid-media", `${file.name} cannot be decoded as a picture`, {
      hint: "it may be damaged or cut short; copy or download it again, or save it again as PNG",
      cause,
    });
  }
}
