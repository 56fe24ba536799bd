import { AimError } from "#core/errors.ts";

/** The most pixels that a picture or a frame may have: 8192 x 8192, 201 MB as RGB. */
export const MAX_PIXELS = 8192 * 8192;

/** The largest file that is read as a picture. */
export const MAX_IMAGE_BYTES = 512 * 1024 * 1024;

/** Refuses pictures and frames above MAX_PIXELS with `invalid-media`. `name` is quoted already. */
export function checkPixels(name: string, widthPx: number, heightPx: number): void {
  if (widthPx * heightPx <= MAX_PIXELS) return;
  throw new AimError(
    "invalid-media",
    `${name} is too large: ${widthPx} x ${heightPx} px, the limit is ${MAX_PIXELS} px`,
    {
      hint: "scale it down first; models look at a few hundred pixels a side",
    },
  );
}
