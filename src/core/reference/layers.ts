import { dot, products, rowsOf } from "../vector.ts";
import { need, type Weight, type Weights } from "./weights.ts";

/** The `module` linear layer (bias where the checkpoint has one): x [rows, inputs] -> [rows, outputs]. */
export function linear(x: Float32Array, weights: Weights, module: string): Float32Array {
  return matmul(x, need(weights, `${module}.weight`), weights(`${module}.bias`));
}

/** x [rows, inputs] times the transpose of `weight` [outputs, inputs], plus `bias` [outputs]. */
export function matmul(x: Float32Array, weight: Weight, bias?: Weight): Float32Array {
  const [outputs = 0] = weight.shape;
  const inputs = weight.data.length / outputs;
  const columns = rowsOf(weight.data, inputs);
  const result = new Float32Array((x.length / inputs) * outputs);
  for (const [i, row] of rowsOf(x, inputs).entries()) {
    const sums = products(columns, row);
    result.set(bias ? sums.map((sum, output) => sum + (bias.data[output] ?? 0)) : sums, i * outputs);
  }
  return result;
}

/** Every row of x [rows, width] divided by its root mean square, times `weight` [width]. */
export function rmsNorm(x: Float32Array, weight: Weight, epsilon: number): Float32Array {
  const normed = new Float32Array(x);
  for (const row of rowsOf(normed, weight.data.length)) {
    const scale = 1 / Math.sqrt(dot(row, row) / row.length + epsilon);
    row.set(row.map((value, i) => value * scale * (weight.data[i] ?? 0)));
  }
  return normed;
}

/** Every row of x [rows, width] brought to mean 0 and variance 1, times `module`.weight plus `module`.bias. */
export function layerNorm(x: Float32Array, weights: Weights, module: string, epsilon: number): Float32Array {
  const weight = need(weights, `${module}.weight`).data;
  const bias = need(weights, `${module}.bias`).data;
  const normed = new Float32Array(x);
  for (const row of rowsOf(normed, weight.length)) {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    const scale = 1 / Math.sqrt(variance + epsilon);
    row.set(row.map((value, i) => (value - mean) * scale * (weight[i] ?? 0) + (bias[i] ?? 0)));
  }
  return normed;
}

/** x + y. */
export function add(x: Float32Array, y: Float32Array): Float32Array {
  return x.map((value, i) => value + (y[i] ?? 0));
}
