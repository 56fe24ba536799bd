import { GraphBuilder, one } from "./graph.ts";
import { TENSOR_TYPES, type TensorType } from "./tensor-type.ts";

const MICROSOFT = "com.microsoft";
/** Larger than any size: an open end of a slice. */
const END = 2 ** 40;

type Order = "largest" | "smallest";

/**
 * The operators that our models use, each as one method: inputs first, then options, the output's name back.
 *
 * Meanings are those of the ONNX operator of the same name (opset 21, com.microsoft 1); nothing here knows a model.
 */
export class Ops extends GraphBuilder {
  /** A builder for a branch of an `If`: it sees the values of this graph. */
  branch(name: string): Ops {
    return new Ops(name, this);
  }

  // Constants. Equal constants are stored once.

  ints(...values: readonly number[]): string {
    const name = `int64[${values.join(",")}]`;
    if (this.hasInitializer(name)) return name;
    return this.initializer(name, "int64", [values.length], bytesOf(BigInt64Array.from(values, BigInt)));
  }

  int(value: number): string {
    const name = `int64(${value})`;
    if (this.hasInitializer(name)) return name;
    return this.initializer(name, "int64", [], bytesOf(BigInt64Array.of(BigInt(value))));
  }

  float(value: number): string {
    const name = `float32(${value})`;
    if (this.hasInitializer(name)) return name;
    return this.initializer(name, "float32", [], bytesOf(Float32Array.of(value)));
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    return this.initializer(name, "float32", dims, bytesOf(values));
  }

  // Arithmetic, element by element with broadcasting.

  add(a: string, b: string): string {
    return this.node("Add", [a, b]);
  }
  sub(a: string, b: string): string {
    return this.node("Sub", [a, b]);
  }
  mul(a: string, b: string): string {
    return this.node("Mul", [a, b]);
  }
  div(a: string, b: string): string {
    return this.node("Div", [a, b]);
  }
  min(a: string, b: string): string {
    return this.node("Min", [a, b]);
  }
  max(a: string, b: string): string {
    return this.node("Max", [a, b]);
  }
  abs(x: string): string {
    return this.node("Abs", [x]);
  }
  sqrt(x: string): string {
    return this.node("Sqrt", [x]);
  }
  equal(a: string, b: string): string {
    return this.node("Equal", [a, b]);
  }
  less(a: string, b: string): string {
    return this.node("Less", [a, b]);
  }
  where(condition: string, a: string, b: string): string {
    return this.node("Where", [condition, a, b]);
  }
  cast(x: string, to: TensorType): string {
    return this.node("Cast", [x], { to: TENSOR_TYPES[to].code });
  }

  // Products.

  matmul(a: string, b: string): string {
    return this.node("MatMul", [a, b]);
  }
  /** a [m, k] times the transpose of b [n, k], plus bias [n]. */
  gemm(a: string, b: string, bias?: string): string {
    return this.node("Gemm", bias === undefined ? [a, b] : [a, b, bias], { transB: 1 });
  }

  // Shapes.

  /** The size along `axis`, as int64 [1]. */
  sizeOf(x: string, axis: number): string {
    return this.node("Shape", [x], { start: axis, end: axis + 1 });
  }
  /** A shape known here may hold one -1 (whatever is left); one computed in the graph is taken as it is, zeros included. */
  reshape(x: string, shape: string | readonly number[]): string {
    if (typeof shape !== "string") return this.node("Reshape", [x, this.ints(...shape)]);
    return this.node("Reshape", [x, shape], { allowzero: 1 });
  }
  transpose(x: string, perm: readonly number[]): string {
    return this.node("Transpose", [x], { perm });
  }
  squeeze(x: string, ...axes: readonly number[]): string {
    return this.node("Squeeze", [x, this.ints(...axes)]);
  }
  unsqueeze(x: string, ...axes: readonly number[]): string {
    return this.node("Unsqueeze", [x, this.ints(...axes)]);
  }
  expand(x: string, shape: string): string {
    return this.node("Expand", [x, shape]);
  }
  concat(parts: readonly string[], axis: number): string {
    return parts.length === 1 ? one(parts, 0) : this.node("Concat", parts, { axis });
  }
  /** Cuts `x` into parts of the given sizes. */
  split(x: string, sizes: readonly number[], axis: number): readonly string[] {
    return this.nodeOutputs("Split", [x, this.ints(...sizes)], { axis }, { outputs: sizes.length });
  }
  /** x[start:end:step] along one axis; bounds are numbers or int64 [1] values. */
  slice(x: string, axis: number, start: string | number, end: string | number = END, step = 1): string {
    const bound = (value: string | number) => (typeof value === "string" ? value : this.ints(value));
    return this.node("Slice", [x, bound(start), bound(end), this.ints(axis), this.ints(step)]);
  }
  gather(x: string, indices: string, axis: number): string {
    return this.node("Gather", [x, indices], { axis });
  }
  gatherElements(x: string, indices: string, axis: number): string {
    return this.node("GatherElements", [x, indices], { axis });
  }
  /** 0 .. count - 1 as int64; `count` is int64 [1]. */
  range(count: string): string {
    return this.node("Range", [this.int(0), this.squeeze(count, 0), this.int(1)]);
  }

  // Reductions and order.

  reduceMax(x: string, axis: number, keepDims = true): string {
    return this.node("ReduceMax", [x, this.ints(axis)], { keepdims: keepDims ? 1 : 0 });
  }
  reduceMin(x: string, axis: number, keepDims = true): string {
    return this.node("ReduceMin", [x, this.ints(axis)], { keepdims: keepDims ? 1 : 0 });
  }
  reduceSum(x: string, axis: number, keepDims = true): string {
    return this.node("ReduceSum", [x, this.ints(axis)], { keepdims: keepDims ? 1 : 0 });
  }
  reduceMean(x: string, axes: readonly number[], keepDims = true): string {
    return this.node("ReduceMean", [x, this.ints(...axes)], { keepdims: keepDims ? 1 : 0 });
  }
  reduceL2(x: string, axis: number): string {
    return this.node("ReduceL2", [x, this.ints(axis)], { keepdims: 1 });
  }
  /** Index of the largest value; the lowest on a tie. */
  argMax(x: string, axis: number): string {
    return this.node("ArgMax", [x], { axis, keepdims: 0 });
  }
  /** The `count` (int64 [1]) extreme values along the last axis, in order, and their int64 indices; the lower index first on a tie. */
  topK(x: string, count: string, order: Order): { values: string; indices: string } {
    const outputs = this.nodeOutputs(
      "TopK",
      [x, count],
      { axis: -1, largest: order === "largest" ? 1 : 0, sorted: 1 },
      { outputs: 2 },
    );
    return { values: one(outputs, 0), indices: one(outputs, 1) };
  }

  // Neural network.

  softmax(x: string): string {
    return this.node("Softmax", [x], { axis: -1 });
  }
  gelu(x: string, approximate: "none" | "tanh"): string {
    return this.node("Gelu", [x], { approximate });
  }
  silu(x: string): string {
    return this.node("QuickGelu", [x], { alpha: { float: 1 } }, MICROSOFT);
  }
  quickGelu(x: string): string {
    return this.node("QuickGelu", [x], { alpha: { float: 1.702 } }, MICROSOFT);
  }
  layerNorm(x: string, scale: string, bias: string, epsilon: number): string {
    return this.node("LayerNormalization", [x, scale, bias], { axis: -1, epsilon: { float: epsilon } });
  }
  rmsNorm(x: string, scale: string, epsilon: number): string {
    return this.node("SimplifiedLayerNormalization", [x, scale], { axis: -1, epsilon: { float: epsilon } });
  }
  /** `sum` = x + residual, and its RMS norm. */
  skipRmsNorm(x: string, residual: string, scale: string, epsilon: number): { norm: string; sum: string } {
    const outputs = this.nodeOutputs(
      "SkipSimplifiedLayerNormalization",
      [x, residual, scale],
      { epsilon: { float: epsilon } },
      { outputs: ["norm", "", "", "sum"], domain: MICROSOFT },
    );
    return { norm: one(outputs, 0), sum: one(outputs, 3) };
  }

  /** Any com.microsoft operator with one output. */
  microsoft(op: string, inputs: readonly string[], attributes: Parameters<GraphBuilder["node"]>[2] = {}): string {
    return this.node(op, inputs, attributes, MICROSOFT);
  }
  /** Any com.microsoft operator with several outputs. */
  microsoftOutputs(
    op: string,
    inputs: readonly string[],
    attributes: Parameters<GraphBuilder["node"]>[2],
    outputs: number,
  ): readonly string[] {
    return this.nodeOutputs(op, inputs, attributes, { outputs, domain: MICROSOFT });
  }

  /** Runs one branch or the other; both must have outputs of the same number and types. `names` ends the names of the results. */
  if(condition: string, whenTrue: Ops, whenFalse: Ops, names?: readonly string[]): readonly string[] {
    const attributes = { then_branch: whenTrue, else_branch: whenFalse };
    return this.nodeOutputs("If", [condition], attributes, { outputs: names ?? whenTrue.outputs.length });
  }

  /**
   * Runs `body` (see loopBody, loopResults) `trips` (int64 [1]) times, handing float32 values from one turn to the next.
   * Gives the last of those values, then every other result stacked over the turns along a new first axis.
   */
  loop(trips: string, initial: readonly string[], body: Ops): readonly string[] {
    return this.nodeOutputs("Loop", [trips, "", ...initial], { body }, { outputs: body.outputs.length - 1 });
  }

  /** Declares what a loop body receives: its turn as int64 [1], counted from 0, and the carried values. */
  loopBody(carried: number): { iteration: string; carried: readonly string[] } {
    const iteration = this.input(this.path("iteration"), "int64", []);
    const goesOn = this.input(this.path("goes_on"), "bool", []);
    this.output(this.path("goes_on.out"), goesOn, "bool", []);
    const values = Array.from({ length: carried }, (_, i) =>
      this.input(this.path(`carried.${i}`), "float32", undefined),
    );
    return { iteration: this.unsqueeze(iteration, 0), carried: values };
  }

  /** Declares what a loop body gives: the carried values first, then those to be stacked; all float32. */
  loopResults(values: readonly string[]): void {
    for (const [i, value] of values.entries()) this.output(this.path(`result.${i}`), value, "float32");
  }
}

/** The bytes of a typed array, not copied. */
export function bytesOf(values: Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
