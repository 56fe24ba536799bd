import type { Ops } from "#onnx/ops.ts";
import { checkShape, type TensorStore } from "../store.ts";
import { OneReading, type QuantisedRows } from "./one-reading.ts";
import { q8 } from "./q8.ts";
import { addBias, type LinearLayer, type Recipe, type ScaledRows } from "./recipe.ts";

const ZERO_POINT = "uint8(128)";
/** Levels of a token on either side of its zero. */
const LEVELS = 127;

/**
 * From this peak of a norm's weights on (see Balance.peak), what it gives is read in 16 bits. Norms of models that were trained have peaks of 1.0 to 1.5 here;
 * at 4.7 the demo model's logits had a cosine of 0.954 with exact ones, and have 0.997 this way (q8: 0.991).
 */
const WIDE_FROM = 4;

/**
 * Weights in int8 with one scale an output channel; activations in 8 bits with one scale a token; the output layer, which runs for one token, as in q8,
 * as fast and more exact.
 *
 * Layers after a norm with a few large weights take their input in 16 bits: as two terms of 8 bits, the second of which holds what rounding cut off the first.
 * Such a layer multiplies twice, with the same weights.
 *
 * The fastest on the CPU for many tokens at once (vision tower, prefill); CPU only.
 */
export const int8: Recipe = {
  name: "int8",
  version: 2,
  isInPlace: false,
  linear(g, x, layer, store) {
    if (layer.isForOneToken) return q8.linear(g, x, layer, store);
    const { values, tokenScale } = product(g, x, layer, store);
    return addBias(g, g.mul(values, tokenScale), layer, store); // [n, out]
  },
  linearRows: product,
};

interface Product extends ScaledRows {
  readonly tokenScale: string;
}

/** x [n, in] times a layer's weight: [n, out], but for the scale of each token. */
function product(g: Ops, x: string, layer: LinearLayer, store: TensorStore): Product {
  const matrix = matrixOf(g, layer, store);
  const { levels, tokenScale } = quantiseTokens(g, x);
  const values = multiply(g, levels, matrix, 1);
  const isWide = store.peak(layer.weight) >= WIDE_FROM;
  return { values: isWide ? g.add(values, restProduct(g, x, matrix)) : values, tokenScale };
}

/** A converted weight matrix: int8 [in, out], and the scales [out] of its columns. */
interface Int8Matrix {
  readonly levels: string;
  readonly scales: string;
}

/** Adds the tensors of a layer's weight. */
function matrixOf(g: Ops, layer: LinearLayer, store: TensorStore): Int8Matrix {
  const { outputs: rows, inputs: columns } = layer;
  checkShape(store.weights, layer.weight, [rows, columns]);
  const reading = new OneReading(() => quantisedRows(store, layer.weight, [rows, columns]));
  const levels = store.converted(g, {
    name: `${layer.weight}:int8`,
    type: "int8",
    dims: [columns, rows],
    chunks: () => reading.part("levels"),
  });
  const scales = store.converted(g, {
    name: `${layer.weight}:int8-scales`,
    type: "float32",
    dims: [rows],
    chunks: () => reading.part("scales"),
  });
  return { levels, scales };
}

/** What the product lacks for having rounded x, itself rounded to 8 bits; it has the same scale a token. */
function restProduct(g: Ops, x: string, matrix: Int8Matrix): string {
  const { levels, flatScale, zeroPoints } = quantiseTokens(g, x);
  const rest = g.once(`int8-rest:${x}`, () => {
    const rounded = g.node("DequantizeLinear", [levels, flatScale, zeroPoints], { axis: 0 }); // [n, in]
    const fine = g.mul(flatScale, g.float(1 / (2 * LEVELS))); // rounding cut off half a level at most
    return g.node("QuantizeLinear", [g.sub(x, rounded), fine, zeroPoints], { axis: 0 });
  });
  return multiply(g, rest, matrix, 1 / (2 * LEVELS));
}

function multiply(g: Ops, levels: string, matrix: Int8Matrix, scale: number): string {
  return g.microsoft("MatMulIntegerToFloat", [levels, matrix.levels, g.float(scale), matrix.scales, ZERO_POINT]);
}

interface QuantisedTokens {
  /** uint8 [n, in], zero is 128. */
  readonly levels: string;
  /** [n, 1] and [n] The step between two levels of a token. */
  readonly tokenScale: string;
  readonly flatScale: string;
  /** uint8 [n] */
  readonly zeroPoints: string;
}

/**
 * Rounds each token of x [n, in] to 8 bits around its zero; layers that read one x share the nodes.
 *
 * Extremes are two reductions, and division is part of QuantizeLinear, which takes a scale a row: with Abs, one reduction and Div, two arrays as large as x
 * are written more. On 1,668 tokens of 4,864 values 10.9 ms instead of 19.9, where the product that follows takes 12.
 */
function quantiseTokens(g: Ops, x: string): QuantisedTokens {
  if (!g.hasInitializer(ZERO_POINT)) g.initializer(ZERO_POINT, "uint8", [], Uint8Array.of(128));
  return g.once(`int8:${x}`, () => {
    const lowest = g.sub(g.float(0), g.reduceMin(x, -1));
    const largest = g.max(g.max(g.reduceMax(x, -1), lowest), g.float(1e-12)); // [n, 1], never zero
    const tokenScale = g.mul(largest, g.float(1 / LEVELS));
    const flatScale = g.squeeze(tokenScale, 1);
    const zeroPoints = g.expand(ZERO_POINT, g.sizeOf(x, 0));
    const levels = g.node("QuantizeLinear", [x, flatScale, zeroPoints], { axis: 0 });
    return { levels, tokenScale, flatScale, zeroPoints };
  });
}

/** Added and taken away again, it rounds a number to the nearest whole one: three times as fast here as Math.round. */
const ROUNDER = 1.5 * 2 ** 52;

/** Columns that are turned at once: what they touch stays in the cache. */
const TILE = 32;

/** The levels of a matrix [out, in] as int8 [in, out], and the scale of each row, whose largest weight is level 127. */
function* quantisedRows(store: TensorStore, name: string, [rows, columns]: [number, number]): Iterable<QuantisedRows> {
  const levels = new Uint8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (const { firstRow, values } of store.rows(name)) {
    const count = values.length / columns;
    const some = new Int8Array(values.length);
    for (let row = 0; row < count; row++) scales[firstRow + row] = quantiseRow(values, row * columns, columns, some);
    for (let first = 0; first < columns; first += TILE) {
      const end = Math.min(first + TILE, columns);
      for (let row = 0; row < count; row++) {
        for (let column = first; column < end; column++)
          levels[column * rows + firstRow + row] = some[row * columns + column] ?? 0;
      }
    }
  }
  yield { levels, scales };
}

function quantiseRow(values: Float32Array, start: number, columns: number, levels: Int8Array): number {
  let largest = 0;
  for (let i = start; i < start + columns; i++) {
    const size = Math.abs(values[i] ?? 0);
    if (size > largest) largest = size;
  }
  const scale = largest / LEVELS || 1;
  const inverse = 1 / scale;
  for (let i = start; i < start + columns; i++) levels[i] = (values[i] ?? 0) * inverse + ROUNDER - ROUNDER;
  return scale;
}
