import sharp from "sharp";
import type { RgbImage } from "./image.ts";

/** Small enough for a run record that holds dozens: about 1.5 KB at 96 px. */
const QUALITY = 60;

/** A small JPEG of the picture as a data URL, its longer side at most `maxPx`; it is never enlarged. */
export async function thumbnail(image: RgbImage, maxPx: number): Promise<string> {
  const { width, height, data } = image;
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: maxPx, height: maxPx, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: QUALITY, mozjpeg: true })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString("base64")}`;
}
