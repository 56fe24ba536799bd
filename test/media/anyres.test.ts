import assert from "node:assert/strict";
import { AimError } from "#core/errors.ts";
import { imageCrops, type Pinpoint, selectBestResolution } from "#media/anyres.ts";
import type { RgbImage } from "#media/image.ts";
import { parsePixelConfig } from "#media/preprocess.ts";

const config = parsePixelConfig({ size: { height: 4, width: 4 }, do_normalize: false });
const GRID: Pinpoint[] = [
  [4, 4],
  [4, 8],
  [8, 4],
  [8, 8],
  [4, 12],
];

/** Red counts columns, green counts rows, blue is 255: padding is told by its blue. */
function ramp(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 255], i * 3);
  return { width, height, data };
}

const blueOf = ({ data }: RgbImage) => Array.from({ length: data.length / 3 }, (_, i) => data[i * 3 + 2]);

describe("media/anyres", () => {
  it("chooses the resolution that keeps most pixels, then the one that wastes least", () => {
    const pinpoints: Pinpoint[] = [
      [384, 384],
      [384, 768],
      [768, 384],
      [768, 768],
      [384, 1152],
    ];
    assert.deepEqual(selectBestResolution(384, 384, pinpoints), [384, 384]);
    assert.deepEqual(selectBestResolution(100, 100, pinpoints), [384, 384]);
    assert.deepEqual(selectBestResolution(1080, 1920, pinpoints), [768, 768]);
    assert.deepEqual(selectBestResolution(300, 900, pinpoints), [384, 1152]);
    assert.deepEqual(selectBestResolution(900, 300, pinpoints), [768, 384]);
  });

  it("takes the first of equal resolutions and refuses to choose from none", () => {
    assert.deepEqual(
      selectBestResolution(10, 10, [
        [20, 40],
        [40, 20],
      ]),
      [20, 40],
    );
    assert.throws(
      () => selectBestResolution(10, 10, []),
      (error) => error instanceof AimError && error.code === "invalid-argument",
    );
  });

  it("gives only the base without pinpoints", () => {
    const { base, grid } = imageCrops(ramp(9, 5), [], config);
    assert.deepEqual([base.width, base.height, grid], [4, 4, undefined]);
  });

  it("cuts a picture that fits exactly into crops, row by row", () => {
    const image = ramp(8, 8);
    const { grid } = imageCrops(image, GRID, config);
    assert.deepEqual([grid?.rows, grid?.columns], [2, 2]);
    const corners = grid?.crops.map(({ data }) => Array.from(data.subarray(0, 3)));
    assert.deepEqual(corners, [
      [0, 0, 255],
      [4, 0, 255],
      [0, 4, 255],
      [4, 4, 255],
    ]);
    assert.deepEqual(
      grid?.crops.map(({ width, height, data }) => [width, height, data.length]),
      Array(4).fill([4, 4, 48]),
    );
  });

  it("keeps the aspect ratio and pads with black, the odd row or column behind", () => {
    const { grid } = imageCrops(ramp(12, 3), [[4, 12]], config);
    assert.deepEqual([grid?.rows, grid?.columns], [1, 3]);
    for (const crop of grid?.crops ?? []) {
      assert.deepEqual(blueOf(crop), [...Array(12).fill(255), ...Array(4).fill(0)]);
    }
    const tall = imageCrops(ramp(1, 4), [[4, 4]], config).grid?.crops[0];
    assert.deepEqual(tall && blueOf(tall), Array(4).fill([0, 255, 0, 0]).flat());
  });

  it("rounds the fitted side up, but never beyond the target", () => {
    // 7 x 5 into 8 x 8: width 8, height ceil(5 * 8 / 7) = 6, so one black row above and one below.
    const { grid } = imageCrops(ramp(7, 5), [[8, 8]], config);
    const left = [0, 2].flatMap((i) => (grid?.crops[i] ? blueOf(grid.crops[i]) : []));
    const rows = Array.from({ length: 8 }, (_, y) => left[y * 4]);
    assert.deepEqual(rows, [0, 255, 255, 255, 255, 255, 255, 0]);
  });

  it("refuses pinpoints that are not whole crops", () => {
    assert.throws(
      () => imageCrops(ramp(6, 6), [[6, 6]], config),
      (error) => error instanceof AimError && error.code === "unsupported",
    );
  });
});
