import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { fitImage } from "#media/fit.ts";
import type { RgbImage } from "#media/image.ts";
import { parsePixelConfig, toPixelValues } from "#media/preprocess.ts";
import { BICUBIC, resize } from "#media/resample.ts";
import { assertAimError } from "../support/assert-error.ts";

interface GoldenCase {
  readonly from: [number, number];
  /** A shorter side, or width and height. */
  readonly resize: number | [number, number];
  readonly crop: [number, number];
  readonly square: boolean;
  readonly source: string;
  readonly fitted: string;
}

const MEAN = [0.48145466, 0.4578275, 0.40821073];
const CLIP = {
  size: { shortest_edge: 336 },
  crop_size: { height: 336, width: 336 },
  do_center_crop: true,
  image_mean: MEAN,
  image_std: [0.26862954, 0.26130258, 0.27577711],
  image_processor_type: "CLIPImageProcessor",
};

function noise(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255);
  return { width, height, data };
}

describe("media/fit", () => {
  const { cases }: { cases: GoldenCase[] } = JSON.parse(readFileSync("test/fixtures/media/fit.json", "utf8"));

  for (const { from, resize: size, crop, square, source, fitted } of cases) {
    const squared = square ? ", filled up to a square" : "";
    it(`gives what the reference gives, ${from.join("x")} to ${size} to ${crop.join("x")}${squared}`, () => {
      const config = parsePixelConfig({
        ...CLIP,
        size: typeof size === "number" ? { shortest_edge: size } : { width: size[0], height: size[1] },
        crop_size: { width: crop[0], height: crop[1] },
        ...(square && { do_pad: true, image_processor_type: "LlavaImageProcessor" }),
      });
      const image = { width: from[0], height: from[1], data: new Uint8Array(Buffer.from(source, "base64")) };
      const result = fitImage(image, config);
      assert.deepEqual([result.width, result.height], crop);
      assert.deepEqual(Buffer.from(result.data), Buffer.from(fitted, "base64"));
    });
  }

  it("is the same as resizing the whole and then cutting, whatever the shape", () => {
    const side = fc.integer({ min: 1, max: 40 });
    const property = fc.property(side, side, side, fc.nat(), (width, height, to, at) => {
      const image = noise(width, height);
      const whole = resize(image, to, to + 3, BICUBIC);
      const area = { left: at % to, top: at % (to + 3), width: to - (at % to), height: 1 };
      const part = resize(image, to, to + 3, BICUBIC, area);
      const row = (area.top * to + area.left) * 3;
      assert.deepEqual(part.data, whole.data.slice(row, row + area.width * 3));
    });
    fc.assert(property, { numRuns: 50 });
  });

  it("leaves a picture alone that has the size", () => {
    const image = noise(8, 8);
    const config = parsePixelConfig({ ...CLIP, size: { shortest_edge: 8 }, crop_size: 8 });
    assert.equal(fitImage(image, config), image);
  });

  it("sees only the middle of a line of a hundred thousand pixels", () => {
    const values = toPixelValues(noise(100_000, 1), parsePixelConfig(CLIP));
    assert.equal(values.length, 3 * 336 * 336);
  });

  it("refuses to fill such a line up to a square", () => {
    const config = parsePixelConfig({ ...CLIP, do_pad: true, image_processor_type: "LlavaImageProcessor" });
    assertAimError(() => fitImage(noise(100_000, 1), config), {
      code: "invalid-media",
      message: /100000 x 100000 px/,
      hint: /scale/,
    });
  });
});
