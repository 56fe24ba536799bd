import assert from "node:assert/strict";
import fc from "fast-check";
import { pooledSide, resizeGrid } from "#core/pool.ts";
import { assertClose } from "../support/assert-close.ts";

const side = fc.integer({ min: 1, max: 12 });
const grid = fc.record({ rows: side, columns: side, channels: fc.integer({ min: 1, max: 3 }) });

describe("pooledSide", () => {
  it("rounds up", () => assert.deepEqual([1, 2, 14, 27].map(pooledSide), [1, 1, 7, 14]));
});

describe("resizeGrid", () => {
  it("averages 2 x 2 blocks when it halves", () => {
    const halved = resizeGrid(
      Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      { rows: 2, columns: 4 },
      { rows: 1, columns: 2 },
    );
    assert.deepEqual([...halved], [3.5, 5.5]);
  });

  it("aligns pixel centres on an odd side: 3 to 2 reads at 0.25 and 1.75", () => {
    const resized = resizeGrid(Float32Array.of(0, 10, 20), { rows: 1, columns: 3 }, { rows: 1, columns: 2 });
    assertClose(resized, [2.5, 17.5], 1e-6);
  });

  it("enlarges without leaving the range, the edges repeated", () => {
    const resized = resizeGrid(Float32Array.of(0, 8), { rows: 1, columns: 2 }, { rows: 1, columns: 4 });
    assert.deepEqual([...resized], [0, 2, 6, 8]);
  });

  it("keeps channels apart", () => {
    const resized = resizeGrid(Float32Array.of(1, 10, 3, 30), { rows: 2, columns: 1 }, { rows: 1, columns: 1 });
    assert.deepEqual([...resized], [2, 20]);
  });

  it("is the identity at the same size, and leaves a constant alone at any", () => {
    fc.assert(
      fc.property(grid, grid, (from, to) => {
        const values = Float32Array.from({ length: from.rows * from.columns * from.channels }, (_, i) => Math.sin(i));
        assert.deepEqual(resizeGrid(values, from, from), values);
        const resized = resizeGrid(values.fill(3), from, to);
        assert.equal(resized.length, to.rows * to.columns * from.channels);
        assertClose(resized, new Float32Array(resized.length).fill(3), 1e-6);
      }),
    );
  });

  it("refuses values that do not fill the grid", () => {
    const two = { rows: 2, columns: 2 };
    assert.throws(() => resizeGrid(new Float32Array(5), two, two), { code: "invalid-argument" });
  });
});
