import { AimError } from "#core/errors.ts";

/**
 * The `n` uniform indices among the `count` frames from `first` on: floor(linspace(first, first + count - 1, n)).
 *
 * Rounds as numpy does (the step is a double, multiplied, then the last index set exactly), so that it picks the same frames
 * as the base models' own code. n = 1 gives the first frame; n > count repeats indices.
 *
 * Throws `invalid-argument` unless `count` and `n` are whole and at least 1.
 */
export function uniformIndices(count: number, n: number, first = 0): number[] {
  for (const [name, value] of Object.entries({ count, n })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new AimError("invalid-argument", `${name} must be a whole number of at least 1, got ${value}`);
    }
  }
  const step = (count - 1) / (n - 1);
  return Array.from({ length: n }, (_, i) => {
    if (i === 0) return first;
    return i === n - 1 ? first + count - 1 : Math.floor(i * step + first);
  });
}

/**
 * The frames whose time lies in [start, end]: the first one's index and how many they are, 0 if none.
 * `times` is ascending, in the same unit as the bounds.
 */
export function framesBetween(times: Float64Array, start: number, end: number): { first: number; count: number } {
  const first = times.findIndex((time) => time >= start);
  const last = times.findLastIndex((time) => time <= end);
  return first < 0 || last < first ? { first: 0, count: 0 } : { first, count: last - first + 1 };
}
