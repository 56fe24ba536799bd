import { encodeModel } from "#onnx/encode.ts";
import { Ops } from "#onnx/ops.ts";

/** The product that is tried: the largest levels of activations with the largest of weights. */
export const INT8_CHECK = {
  input: "levels",
  output: "sums",
  depth: 64,
  columns: 16,
  level: 255,
  zeroPoint: 128,
  weight: 127,
} as const;

/** `sums` float32 [1, columns] = the product that the recipe int8 has, of `levels` uint8 [1, depth] and weights that are all the largest. */
export function compileInt8Check(): Uint8Array {
  const g = new Ops("int8-check");
  const { depth, columns, zeroPoint, weight } = INT8_CHECK;
  const levels = g.input(INT8_CHECK.input, "uint8", [1, depth]);
  const weights = g.initializer("weights", "int8", [depth, columns], new Uint8Array(depth * columns).fill(weight));
  const zero = g.initializer("zero", "uint8", [], Uint8Array.of(zeroPoint));
  const sums = g.microsoft("MatMulIntegerToFloat", [levels, weights, g.float(1), g.float(1), zero]);
  g.output(INT8_CHECK.output, sums, "float32", [1, columns]);
  return encodeModel(g);
}
