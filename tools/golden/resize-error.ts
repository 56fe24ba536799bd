// How far sharp's own resize is from Pillow's bicubic, which src/media/resample.ts gives exactly, and what both cost.
// node --import tsx tools/golden/resize-error.ts

import sharp from "sharp";
import { type RgbImage, readImage } from "#media/image.ts";
import { resizeBicubic } from "#media/resample.ts";

const ROUNDS = 15;
const SIZES = [
  [3840, 2160],
  [1920, 1080],
  [1280, 720],
  [640, 360],
  [384, 384],
  [200, 150],
] as const;
const SIDE = 384;

function noise(width: number, height: number): RgbImage {
  let state = 7;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, data };
}

async function sharpResize({ width, height, data }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(SIDE, SIDE, { fit: "fill", kernel: "cubic", fastShrinkOnLoad: false })
    .raw()
    .toBuffer();
}

async function fastestMs(work: () => unknown): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

sharp.concurrency(1);
const photo = await readImage("media/samples/four-shapes.jpg");
for (const [width, height] of SIZES) {
  for (const [name, image] of Object.entries({
    noise: noise(width, height),
    photo: resizeBicubic(photo, width, height),
  })) {
    const ours = resizeBicubic(image, SIDE, SIDE).data;
    const theirs = await sharpResize(image);
    const errors = ours.map((level, i) => Math.abs(level - (theirs[i] ?? 0)));
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const worst = errors.reduce((most, error) => Math.max(most, error), 0);
    const [own, other] = [
      await fastestMs(() => resizeBicubic(image, SIDE, SIDE)),
      await fastestMs(() => sharpResize(image)),
    ];
    const cells = [`${width} x ${height}`, name, worst, mean.toFixed(2), own.toFixed(1), other.toFixed(1)];
    console.log(`| ${cells.join(" | ")} |`);
  }
}
