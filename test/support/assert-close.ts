import assert from "node:assert/strict";

/** How far a value may be off: `absolute`, or `relative` to the expected value where that is larger. */
export interface Tolerance {
  readonly absolute?: number;
  readonly relative?: number;
}

/** Fails unless both hold the same number of values, all within `tolerance`; says where it is worst and by how much. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number | Tolerance,
): void {
  assert.equal(actual.length, expected.length, "number of values");
  const { absolute = 0, relative = 0 } = typeof tolerance === "number" ? { absolute: tolerance } : tolerance;
  let worst = { index: -1, excess: 0, difference: 0 };
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs((actual[index] ?? Number.NaN) - (expected[index] ?? Number.NaN));
    const allowed = Math.max(absolute, relative * Math.abs(expected[index] ?? 0));
    const excess = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference - allowed;
    if (excess > worst.excess) worst = { index, excess, difference };
  }
  const { index, difference } = worst;
  const found = `actual ${actual[index]}, expected ${expected[index]}, difference ${difference}`;
  assert.equal(index, -1, `worst at index ${index}: ${found}; allowed ${JSON.stringify(tolerance)}`);
}
