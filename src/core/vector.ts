/** A row-major matrix or one row of it. */
export type Vector = Float32Array | Float64Array;

/** The rows of `matrix` [rows, width], as views: writing to one writes to the matrix. */
export function rowsOf<Matrix extends Vector>(matrix: Matrix, width: number): Matrix[] {
  return Array.from({ length: matrix.length / width }, (_, row) => view(matrix, row * width, width));
}

/** `length` values of `values` from `start` on, as a view. */
export function view<Values extends Vector>(values: Values, start: number, length: number): Values {
  return values.subarray(start, start + length) as Values; // the library's type forgets that the kind stays
}

// One kind of array each: a loop that meets both kinds ran five times slower in V8.

/** Sum of products, accumulated in float64; `b` is at least as long as `a`. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Adds `scale` times `values` to `sum`, in place. */
export function addScaled(sum: Float64Array, scale: number, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + scale * (values[i] ?? 0);
}
