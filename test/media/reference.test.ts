import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { basename, extname } from "node:path";
import { type RgbImage, readImage } from "#media/image.ts";
import { resizeBicubic } from "#media/resample.ts";
import { readFrames } from "#media/video.ts";

const SIDE = 84;
const FRAMES = 8;
const REFERENCE = "test/fixtures/demo/reference_frames";

/** The inputs that the demo model was tested with, made by ffmpeg and Pillow: frames side by side. */
const reference = (name: string): Promise<RgbImage> => readImage(`${REFERENCE}/${name}.png`);

function sideBySide(images: readonly RgbImage[]): RgbImage {
  const width = images.length * SIDE;
  const data = new Uint8Array(width * SIDE * 3);
  images.forEach((image, i) => {
    for (let y = 0; y < SIDE; y++) {
      data.set(image.data.subarray(y * SIDE * 3, (y + 1) * SIDE * 3), (y * width + i * SIDE) * 3);
    }
  });
  return { width, height: SIDE, data };
}

describe("media/reference", () => {
  const files = readdirSync("media/samples").filter((file) => /\.(mp4|jpg)$/.test(file));

  it("has a reference for each sample", () => {
    assert.deepEqual(
      readdirSync(REFERENCE)
        .map((file) => basename(file, ".png"))
        .sort(),
      files.map((file) => basename(file, extname(file))).sort(),
    );
  });

  for (const file of files) {
    it(`gives the exact pixels of the reference for ${file}`, async () => {
      const path = `media/samples/${file}`;
      const images: RgbImage[] = [];
      if (extname(file) === ".jpg") images.push(resizeBicubic(await readImage(path), SIDE, SIDE));
      else
        for await (const { image } of (await readFrames(path, { frames: FRAMES })).frames)
          images.push(resizeBicubic(image, SIDE, SIDE));
      const ours = sideBySide(images);
      const theirs = await reference(basename(file, extname(file)));
      assert.deepEqual([ours.width, ours.height], [theirs.width, theirs.height]);
      const worst = ours.data.reduce((most, level, i) => Math.max(most, Math.abs(level - (theirs.data[i] ?? 0))), 0);
      assert.equal(worst, 0);
    });
  }
});
