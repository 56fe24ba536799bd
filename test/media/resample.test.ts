import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import type { RgbImage } from "#media/image.ts";
import { BICUBIC, BILINEAR, resize, resizeBicubic } from "#media/resample.ts";

interface GoldenCase {
  readonly filter: "bilinear" | "bicubic";
  readonly from: [number, number];
  readonly to: [number, number];
  readonly source: string;
  readonly resized: string;
}

const flat = (width: number, height: number, level: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(level),
});

describe("media/resample", () => {
  const { cases }: { cases: GoldenCase[] } = JSON.parse(readFileSync("test/fixtures/media/resample.json", "utf8"));

  for (const { filter, from, to, source, resized } of cases) {
    it(`gives Pillow's ${filter} exactly, ${from.join("x")} to ${to.join("x")}`, () => {
      const image = { width: from[0], height: from[1], data: new Uint8Array(Buffer.from(source, "base64")) };
      const result = resize(image, to[0], to[1], filter === "bicubic" ? BICUBIC : BILINEAR);
      assert.deepEqual([result.width, result.height], to);
      assert.deepEqual(Buffer.from(result.data), Buffer.from(resized, "base64"));
    });
  }

  it("is the identity at the same size", () => {
    const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    assert.deepEqual(resizeBicubic(image, 2, 1), image);
  });

  it("keeps a flat colour flat at any size", () => {
    const side = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (width, height, newWidth, newHeight, level) => {
        const { data } = resizeBicubic(flat(width, height, level), newWidth, newHeight);
        assert.deepEqual(data, flat(newWidth, newHeight, level).data);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses sides that are not whole or below 1", () => {
    for (const width of [0, -1, 2.5, Number.NaN]) {
      assert.throws(
        () => resizeBicubic(flat(4, 4, 0), width, 4),
        (error) => error instanceof AimError && error.code === "invalid-argument",
      );
    }
  });
});
