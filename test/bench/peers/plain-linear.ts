import type { Weights } from "#model/weights.ts";
import { one } from "#onnx/graph.ts";
import { bytesOf, type Ops } from "#onnx/ops.ts";
import type { ExternalTensors } from "./external-tensors.ts";

/** A linear layer as a checkpoint holds it: weight [outputs, inputs] and perhaps bias [outputs]. */
interface PlainLayer {
  readonly weight: string;
  readonly bias?: string | undefined;
  readonly inputs: number;
  readonly outputs: number;
}

/** Adds the nodes of one linear layer for x [..., inputs] -> [..., outputs]. */
export type PlainLinear = (g: Ops, x: string, layer: PlainLayer, tensors: ExternalTensors) => string;

/** MatMul and Add in float32, as an export from PyTorch has them: the weight is stored as [inputs, outputs]. */
const f32: PlainLinear = (g, x, layer, tensors) => {
  const weight = tensors.add(g, {
    name: `${layer.weight}:transposed`,
    type: "float32",
    dims: [layer.inputs, layer.outputs],
    bytes: () => [bytesOf(transposed(tensors.weights, layer, new Float32Array(layer.inputs * layer.outputs), 1))],
  });
  return addBias(g, g.matmul(x, weight), layer, tensors);
};

/**
 * Dynamic quantisation as ONNX Runtime's quantize_dynamic writes it by default: weights in int8 with one scale a tensor, activations
 * in uint8 with one scale and zero point, MatMulInteger, Cast, Mul.
 */
const q8: PlainLinear = (g, x, layer, tensors) => {
  const { inputs, outputs } = layer;
  const largest = largestOf(tensors.weights, layer.weight) || 127;
  const weight = tensors.add(g, {
    name: `${layer.weight}:int8`,
    type: "int8",
    dims: [inputs, outputs],
    bytes: () => [bytesOf(transposed(tensors.weights, layer, new Int8Array(inputs * outputs), 127 / largest))],
  });
  const quantised = g.once(`quantised:${x}`, () => g.nodeOutputs("DynamicQuantizeLinear", [x], {}, { outputs: 3 }));
  const zero = "int8(0)";
  if (!g.hasInitializer(zero)) g.initializer(zero, "int8", [], Uint8Array.of(0));
  const product = g.node("MatMulInteger", [one(quantised, 0), weight, one(quantised, 2), zero]); // int32
  const scale = g.mul(one(quantised, 1), g.float(largest / 127));
  return addBias(g, g.mul(g.cast(product, "float32"), scale), layer, tensors);
};

/** By what transformers.js calls them; `fp32` is its default on the CPU. */
export const PLAIN_LINEAR = { fp32: f32, q8 } as const satisfies Record<string, PlainLinear>;
export type PlainDtype = keyof typeof PLAIN_LINEAR;

function addBias(g: Ops, x: string, layer: PlainLayer, tensors: ExternalTensors): string {
  return layer.bias === undefined ? x : g.add(x, tensors.float(g, layer.bias, [layer.outputs]));
}

function largestOf(weights: Weights, name: string): number {
  let largest = 0;
  for (const { values } of weights.streamRows(name, 256))
    for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Fills `out` with the weight as [inputs, outputs], times `factor`; whole numbers are rounded. */
function transposed<Values extends Float32Array | Int8Array>(
  weights: Weights,
  { weight, inputs, outputs }: PlainLayer,
  out: Values,
  factor: number,
): Values {
  const round = out instanceof Int8Array ? Math.round : (value: number) => value;
  for (const { firstRow, values } of weights.streamRows(weight, 256)) {
    const rows = values.length / inputs;
    for (let column = 0; column < inputs; column++)
      for (let row = 0; row < rows; row++)
        out[column * outputs + firstRow + row] = round((values[row * inputs + column] ?? 0) * factor);
  }
  return out;
}
