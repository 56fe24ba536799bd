import assert from "node:assert/strict";
import fc from "fast-check";
import { narrowToBf16, narrowToF16, widenBf16, widenF16 } from "#model/half.ts";

const ALL_HALVES = Uint16Array.from({ length: 0x1_0000 }, (_, i) => i);

/** What a 16-bit float means, straight from its definition. */
function meaning(half: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (half & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

/** The nearest half to a value, found by trying: of two that are equally near, the one whose last bit is 0. */
function nearest(value: number, exponentBits: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  const magnitude = Math.abs(value);
  let low = 0;
  let high = (2 ** exponentBits - 1) * 2 ** (15 - exponentBits);
  const infinity = high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (meaning(middle, exponentBits) <= magnitude) low = middle;
    else high = middle;
  }
  if (magnitude === Number.POSITIVE_INFINITY) low = infinity;
  // Infinity stands where the next larger number would be.
  const above = high === infinity ? 2 ** (2 ** (exponentBits - 1)) : meaning(high, exponentBits);
  const toLow = magnitude - meaning(low, exponentBits);
  const toHigh = above - magnitude;
  const isLow = low === infinity || toLow < toHigh || (toLow === toHigh && low % 2 === 0);
  return (Object.is(Math.sign(value), -0) || value < 0 ? 0x8000 : 0) + (isLow ? low : high);
}

const formats = [
  { name: "F16", exponentBits: 5, widen: widenF16, narrow: narrowToF16 },
  { name: "BF16", exponentBits: 8, widen: widenBf16, narrow: narrowToBf16 },
];

for (const { name, exponentBits, widen, narrow } of formats) {
  describe(name, () => {
    const widened = new Float32Array(ALL_HALVES.length);
    widen(ALL_HALVES, widened);

    it("widens every value to what it means", () => {
      for (const half of ALL_HALVES) {
        const expected = meaning(half, exponentBits);
        assert.ok(Object.is(widened[half], expected), `${half} means ${expected}, got ${widened[half]}`);
      }
    });

    it("widens into a part of an array", () => {
      const target = new Float32Array(4).fill(7);
      widen(Uint16Array.of(0x8000, 0), target.subarray(1, 3));
      assert.deepEqual(target, Float32Array.of(7, -0, 0, 7));
    });

    it("gives every value back when narrowed, and NaN as NaN of the same sign", () => {
      const back = narrow(widened);
      for (const half of ALL_HALVES) {
        const result = back[half] ?? -1;
        if (Number.isNaN(widened[half])) {
          assert.ok(Number.isNaN(meaning(result, exponentBits)), `${half} -> ${result}`);
          assert.equal(result & 0x8000, half & 0x8000);
        } else {
          assert.equal(result, half);
        }
      }
    });

    const assertNearest = (value: number) => {
      const [actual = -1] = narrow(Float32Array.of(value));
      const expected = nearest(Math.fround(value), exponentBits);
      if (Number.isNaN(expected)) assert.ok(Number.isNaN(meaning(actual, exponentBits)));
      else assert.equal(actual, expected, `${value}`);
    };

    it("narrows to the nearest value", () => {
      fc.assert(fc.property(fc.float(), assertNearest), { numRuns: 2000 });
      const small = fc.float({ min: Math.fround(-1e-3), max: Math.fround(1e-3), noNaN: true });
      fc.assert(fc.property(small, assertNearest), { numRuns: 2000 });
    });

    it("narrows ties to even, and their neighbours to the nearer side", () => {
      const words = new Uint32Array(1);
      const single = new Float32Array(words.buffer);
      for (let half = 0; half < 0x7c00; half += 7) {
        const low = meaning(half, exponentBits);
        const high = meaning(half + 1, exponentBits);
        if (!Number.isFinite(high)) continue;
        single[0] = (low + high) / 2;
        assertNearest(single[0]);
        for (const step of [-1, 2]) {
          words[0] = (words[0] ?? 0) + step;
          assertNearest(single[0]);
        }
      }
    });
  });
}

describe("narrowToF16", () => {
  it("overflows to infinity from 65520 on", () => {
    assert.deepEqual(
      narrowToF16(Float32Array.of(65504, 65519.996, 65520, -65520, 1e38)),
      Uint16Array.of(0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00),
    );
  });
});
