import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { framesBetween, uniformIndices } from "#media/sampling.ts";

interface GoldenCase {
  readonly first: number;
  readonly count: number;
  readonly n: number;
  readonly indices: number[];
}

describe("media/sampling", () => {
  it("gives the indices that numpy's linspace gives, rounded down", () => {
    const golden: GoldenCase[] = JSON.parse(readFileSync("test/fixtures/media/sampling.json", "utf8"));
    assert.ok(golden.length > 10);
    for (const { first, count, n, indices } of golden) assert.deepEqual(uniformIndices(count, n, first), indices);
  });

  it("starts at the first frame, ends at the last and never goes back", () => {
    const whole = fc.integer({ min: 1, max: 200_000 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 2, max: 1024 }), fc.nat(1000), (count, n, first) => {
        const indices = uniformIndices(count, n, first);
        assert.equal(indices.length, n);
        assert.equal(indices[0], first);
        assert.equal(indices.at(-1), first + count - 1);
        assert.ok(indices.every((index, i) => Number.isInteger(index) && index >= (indices[i - 1] ?? first)));
      }),
    );
  });

  it("takes the first frame when asked for one", () => {
    assert.deepEqual(uniformIndices(9, 1), [0]);
  });

  it("refuses counts that are not whole or below 1", () => {
    for (const [count, n] of [
      [0, 4],
      [4, 0],
      [2.5, 4],
      [4, Number.NaN],
    ] as const) {
      assert.throws(
        () => uniformIndices(count, n),
        (error) => error instanceof AimError && error.code === "invalid-argument",
      );
    }
  });

  it("finds the frames of a span, its ends included", () => {
    const times = Float64Array.of(0, 0.04, 0.5, 0.54, 1);
    assert.deepEqual(framesBetween(times, 0.04, 0.54), { first: 1, count: 3 });
    assert.deepEqual(framesBetween(times, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY), { first: 0, count: 5 });
    assert.deepEqual(framesBetween(times, 0.05, 0.4), { first: 0, count: 0 });
    assert.deepEqual(framesBetween(times, 2, 3), { first: 0, count: 0 });
  });
});
