import { bytesOf, type Ops } from "#onnx/ops.ts";
import { checkShape } from "../store.ts";
import type { Weights } from "../weights.ts";
import { addBias, type Recipe } from "./recipe.ts";

const ZERO_POINT = "uint8(128)";

/**
 * Weights in int8 with one scale an output channel; activations in 8 bits with one scale a token.
 *
 * The fastest on the CPU for many tokens at once (vision tower, prefill); CPU only.
 */
export const int8: Recipe = {
  name: "int8",
  version: 1,
  isInPlace: false,
  linear(g, x, layer, store) {
    const { weights } = store;
    const { outputs: rows, inputs: columns } = layer;
    checkShape(weights, layer.weight, [rows, columns]);
    const values = store.converted(g, {
      name: `${layer.weight}:int8`,
      type: "int8",
      dims: [columns, rows],
      chunks: () => [transposedLevels(weights, layer.weight)],
    });
    const scales = store.converted(g, {
      name: `${layer.weight}:int8-scales`,
      type: "float32",
      dims: [rows],
      chunks: () => [bytesOf(rowScales(weights, layer.weight))],
    });
    const { levels, tokenScale, zeroPoint } = quantiseTokens(g, x);
    const product = g.microsoft("MatMulIntegerToFloat", [levels, values, g.float(1), scales, zeroPoint]); // [n, out]
    return addBias(g, g.mul(product, tokenScale), layer, store);
  },
};

/** Rounds each token of x [n, in] to 8 bits around its zero; layers that read one x share the nodes. */
function quantiseTokens(g: Ops, x: string): { levels: string; tokenScale: string; zeroPoint: string } {
  if (!g.hasInitializer(ZERO_POINT)) g.initializer(ZERO_POINT, "uint8", [], Uint8Array.of(128));
  return g.once(`int8:${x}`, () => {
    const largest = g.max(g.reduceMax(g.abs(x), -1), g.float(1e-12)); // [n, 1], never zero
    const tokenScale = g.mul(largest, g.float(1 / 127));
    const levels = g.node("QuantizeLinear", [g.div(x, tokenScale), g.float(1), ZERO_POINT]); // uint8 [n, in]
    return { levels, tokenScale, zeroPoint: ZERO_POINT };
  });
}

/** [out] the step between two levels, so that the largest weight of a row is level 127. */
function rowScales(weights: Weights, name: string): Float32Array {
  const [rows, columns] = weights.matrixShape(name);
  const scales = new Float32Array(rows);
  for (const { firstRow, values } of weights.streamRows(name, 256)) {
    for (let row = 0; row * columns < values.length; row++) {
      let largest = 0;
      for (let i = row * columns; i < (row + 1) * columns; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0));
      scales[firstRow + row] = largest / 127 || 1;
    }
  }
  return scales;
}

/** The levels of a matrix [out, in] as int8 [in, out]. */
function transposedLevels(weights: Weights, name: string): Uint8Array {
  const [rows, columns] = weights.matrixShape(name);
  const out = new Uint8Array(rows * columns);
  const scales = rowScales(weights, name);
  for (const { firstRow, values } of weights.streamRows(name, 256)) {
    for (let row = 0; row * columns < values.length; row++) {
      const inverse = 1 / (scales[firstRow + row] ?? 1);
      for (let column = 0; column < columns; column++) {
        out[column * rows + firstRow + row] = Math.round((values[row * columns + column] ?? 0) * inverse) & 255;
      }
    }
  }
  return out;
}
