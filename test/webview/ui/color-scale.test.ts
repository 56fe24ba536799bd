import assert from "node:assert/strict";
import fc from "fast-check";
import {
  COLOUR_MAPS,
  type Colour,
  colourAt,
  colourTable,
  formatSmall,
  joinRanges,
  middleOf,
  placeOn,
  rangeOf,
  SCALE_KINDS,
  valueScale,
} from "#webview/ui/color-scale.ts";

/** CIE L*, 0..100, of an sRGB colour. */
function lightness(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const channel = value / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  return luminance > 216 / 24389 ? 116 * Math.cbrt(luminance) - 16 : (luminance * 24389) / 27;
}

describe("colour maps", () => {
  for (const map of COLOUR_MAPS) {
    const steps = Array.from({ length: 65 }, (_, i) => lightness(colourAt(map, i / 64)));

    it(`${map} grows lighter all the way, in even steps`, () => {
      const rises = steps.slice(1).map((light, i) => light - (steps[i] ?? 0));
      assert.ok(Math.min(...rises) > 0, `least rise ${Math.min(...rises)}`);
      const mean = ((steps.at(-1) ?? 0) - (steps[0] ?? 0)) / rises.length;
      assert.ok(Math.max(...rises) < 2 * mean, `largest rise ${Math.max(...rises)}, mean ${mean}`);
    });

    it(`${map} spans at least 70 of 100 in lightness, which every kind of sight sees`, () => {
      assert.ok((steps.at(-1) ?? 0) - (steps[0] ?? 0) > 70);
    });
  }

  it("begin and end where they are published to", () => {
    assert.deepEqual(colourAt("viridis", 0), [0x44, 0x01, 0x54]);
    assert.deepEqual(colourAt("viridis", 1), [0xfd, 0xe7, 0x25]);
    assert.deepEqual(colourAt("viridis", 2), colourAt("viridis", 1));
  });

  it("are tables of opaque pixels in the order of ImageData", () => {
    const table = colourTable("viridis");
    assert.equal(table.length, 256);
    assert.deepEqual([...new Uint8Array(table.buffer, 0, 4)], [0x44, 0x01, 0x54, 255]);
    assert.deepEqual([...new Uint8Array(table.buffer, 4 * 255, 4)], [0xfd, 0xe7, 0x25, 255]);
  });
});

describe("rangeOf", () => {
  it("looks at values above zero that are counted", () => {
    const values = Float32Array.of(Number.NaN, 0, 0.5, 0.25, 8);
    assert.deepEqual(
      rangeOf(values, (index) => index !== 4),
      { leastPositive: 0.25, most: 0.5 },
    );
    assert.equal(rangeOf(Float32Array.of(Number.NaN, 0)), undefined);
  });

  it("joins", () => {
    const joined = joinRanges([{ leastPositive: 0.5, most: 1 }, undefined, { leastPositive: 0.25, most: 0.75 }]);
    assert.deepEqual(joined, { leastPositive: 0.25, most: 1 });
    assert.equal(joinRanges([undefined]), undefined);
  });
});

describe("value scales", () => {
  it("begin at zero if linear, at the least value if log, four powers of ten down at most", () => {
    assert.equal(valueScale("linear", { leastPositive: 0.1, most: 1 }).low, 0);
    assert.equal(valueScale("log", { leastPositive: 0.1, most: 1 }).low, 0.1);
    assert.equal(valueScale("log", { leastPositive: 1e-20, most: 1 }).low, 1e-4);
  });

  it("have their middle in the middle", () => {
    for (const kind of SCALE_KINDS) {
      const scale = valueScale(kind, { leastPositive: 0.01, most: 1 });
      assert.ok(Math.abs(placeOn(scale, middleOf(scale)) - 0.5) < 1e-12);
    }
  });

  it("place larger values no lower, within 0 and 1", () => {
    const value = fc.float({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...SCALE_KINDS), value, value, (kind, a, b) => {
        const scale = valueScale(kind, { leastPositive: 1e-3, most: 0.9 });
        const [low, high] = [placeOn(scale, Math.min(a, b)), placeOn(scale, Math.max(a, b))];
        assert.ok(low >= 0 && low <= high && high <= 1);
      }),
    );
  });

  it("give the top to a scale without width", () => {
    assert.equal(placeOn(valueScale("log", { leastPositive: 0.5, most: 0.5 }), 0.5), 1);
  });
});

describe("formatSmall", () => {
  it("writes powers of ten where there would be many zeros", () => {
    assert.deepEqual([0, 0.0124, 1e-4, 0.0000321, 4e-12].map(formatSmall), [
      "0",
      "0.0124",
      "0.0001",
      "3.2 × 10⁻⁵",
      "4.0 × 10⁻¹²",
    ]);
  });
});
