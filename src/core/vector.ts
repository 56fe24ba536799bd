/** The rows of a row-major matrix [rows, width], as views: writing to one writes to the matrix. */
export function rowsOf(matrix: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: matrix.length / width }, (_, row) => view(matrix, row * width, width));
}

/** `length` values from `start` on, as a view. */
export function view(values: Float32Array, start: number, length: number): Float32Array {
  return values.subarray(start, start + length);
}

// Values are float32 and sums float64, always: a loop that met both kinds of array ran five times slower in V8.

/** Sum of products, accumulated in float64. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** [rows] `vector` times each of `rows`. */
export function products(rows: readonly Float32Array[], vector: Float32Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (const [i, row] of rows.entries()) result[i] = dot(vector, row);
  return result;
}

/** [width] The sum of `rows`, each [width] and times its weight; there are at least as many rows as `weights`. */
export function weightedSum(weights: Float64Array, rows: readonly Float32Array[], width: number): Float64Array {
  const sum = new Float64Array(width);
  for (const [i, weight] of weights.entries()) {
    const row = rows[i];
    if (row) addScaled(sum, weight, row);
  }
  return sum;
}

/** Adds `scale` times `values` to `sum`, in place. */
export function addScaled(sum: Float64Array, scale: number, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + scale * (values[i] ?? 0);
}
