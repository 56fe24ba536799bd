import assert from "node:assert/strict";
import fc from "fast-check";
import { type FourBitBlock, quantiseFourBits } from "#model/precision/four-bit-block.ts";

const WIDTH = 32;

/** Squared error of values[start .. end - 1] against what the block stands for. */
function errorOf(values: Float32Array, block: FourBitBlock): number {
  return values.reduce((sum, value, i) => {
    const level = block.levels[i] ?? 0;
    return sum + (value - (level - block.zeroPoint) * Math.fround(block.scale)) ** 2;
  }, 0);
}

/** The plain form: zero point 8, the value that is furthest from zero at level 0. */
function plain(values: Float32Array): FourBitBlock {
  const furthest = values.reduce((far, value) => (Math.abs(value) > Math.abs(far) ? value : far), 0);
  const scale = furthest / -8 || 1;
  const levels = Uint8Array.from(values, (value) => Math.max(0, Math.min(15, Math.round(value / scale) + 8)));
  return { scale, zeroPoint: 8, levels };
}

function quantise(values: Float32Array): FourBitBlock {
  const block = { scale: 0, zeroPoint: 0, levels: new Uint8Array(WIDTH) };
  quantiseFourBits(values, 0, values.length, block);
  return block;
}

const blocks = fc
  .array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: WIDTH })
  .map((values) => Float32Array.from(values, (value) => (Math.abs(value) < 1e-6 ? 0 : value)));

describe("4-bit blocks", () => {
  it("are never worse than with the plain scale", () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const norm = values.reduce((sum, value) => sum + value * value, 0);
        assert.ok(errorOf(values, quantise(values)) <= errorOf(values, plain(values)) + 1e-6 * norm);
      }),
    );
  });

  it("are clearly better on values of one sign, for which half of the plain levels are lost", () => {
    const values = Float32Array.from({ length: WIDTH }, (_, i) => 1 + i / WIDTH);
    assert.ok(errorOf(values, quantise(values)) < 0.5 * errorOf(values, plain(values)));
  });

  it("have 16 levels, and a zero point among them, so that zero is exact", () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const { levels, zeroPoint, scale } = quantise(values);
        assert.ok(levels.every((level) => level <= 15));
        assert.ok(Number.isInteger(zeroPoint) && zeroPoint >= 0 && zeroPoint <= 15);
        assert.ok(Number.isFinite(scale) && scale !== 0);
        for (const [i, value] of values.entries()) if (value === 0) assert.equal(levels[i], zeroPoint);
      }),
    );
  });

  it("give zeros for a block of zeros", () => {
    const values = new Float32Array(WIDTH);
    assert.equal(errorOf(values, quantise(values)), 0);
  });
});
