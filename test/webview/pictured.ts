import sharp from "sharp";
import type { RunRecord } from "#core/record.ts";
import { type SyntheticOptions, sceneColour, syntheticRecord } from "../support/synthetic-record.ts";

const THUMBNAIL_PX = 96;

async function thumbnails(frames: number): Promise<readonly string[]> {
  return await Promise.all(
    Array.from({ length: frames }, async (_, frame) => {
      const time = frames === 1 ? 0 : frame / (frames - 1);
      const pixels = new Uint8Array(THUMBNAIL_PX ** 2 * 3);
      for (let i = 0; i < THUMBNAIL_PX ** 2; i++) {
        const [x, y] = [(i % THUMBNAIL_PX) / THUMBNAIL_PX, Math.floor(i / THUMBNAIL_PX) / THUMBNAIL_PX];
        pixels.set(sceneColour(x, y, time), i * 3);
      }
      const raw = { width: THUMBNAIL_PX, height: THUMBNAIL_PX, channels: 3 } as const;
      const jpeg = await sharp(pixels, { raw }).jpeg({ quality: 60 }).toBuffer();
      return `data:image/jpeg;base64,${jpeg.toString("base64")}`;
    }),
  );
}

/** A synthetic run whose frames have pictures. */
export async function pictured(options: SyntheticOptions): Promise<RunRecord> {
  const pictures = await thumbnails(options.kind === "image" ? 1 : (options.frames ?? 8));
  return syntheticRecord({ hasMerging: true, ...options, thumbnail: (frame) => pictures[frame] ?? "" });
}

/** A run of the size of a 7B model on 32 frames. */
export const LARGE: SyntheticOptions = {
  frames: 32,
  side: 14,
  layers: 28,
  mergeSteps: [98, 49],
  prune: { kind: "linear", firstLayer: 14, lastLayer: 22 },
  textTokens: 100,
  scale: 500,
};
