import { bytesOf } from "#onnx/ops.ts";
import { checkShape } from "../store.ts";
import type { Weights } from "../weights.ts";
import { addBias, type Recipe } from "./recipe.ts";

/** Weights that share one scale. */
const BLOCK = 128;
/** Activations are rounded to 8 bits, too: several times faster at decode than level 0. */
const ACCURACY_LEVEL = 4;

/**
 * Weights in 8 bits, blocks of 128 along the input with one scale each, zero point 128 (MatMulNBits).
 *
 * Runs on the CPU and on WebGPU. A quarter of the memory of f32.
 */
export const q8: Recipe = {
  name: "q8",
  version: 1,
  isInPlace: false,
  linear(g, x, layer, store) {
    const { weights } = store;
    const { outputs: rows, inputs: columns } = layer;
    checkShape(weights, layer.weight, [rows, columns]);
    const blocks = Math.ceil(columns / BLOCK);
    const values = store.converted(g, {
      name: `${layer.weight}:q8`,
      type: "uint8",
      dims: [rows, blocks, BLOCK],
      chunks: () => levels(weights, layer.weight, blocks),
    });
    const scales = store.converted(g, {
      name: `${layer.weight}:q8-scales`,
      type: "float32",
      dims: [rows, blocks],
      chunks: () => allScales(weights, layer.weight, blocks),
    });
    const shape = { K: columns, N: rows, bits: 8, block_size: BLOCK, accuracy_level: ACCURACY_LEVEL };
    return addBias(g, g.microsoft("MatMulNBits", [x, values, scales], shape), layer, store); // [n, out]
  },
};

/** Level 128 is zero; the end of a short last block is filled with it. */
function* levels(weights: Weights, name: string, blocks: number): Iterable<Uint8Array> {
  for (const { values, columns, rows } of rowChunks(weights, name)) {
    const out = new Uint8Array(rows * blocks * BLOCK).fill(128);
    for (let row = 0; row < rows; row++) {
      for (let block = 0; block < blocks; block++) {
        const part = blockOf(values, columns, row, block);
        const scale = scaleOf(part);
        const at = (row * blocks + block) * BLOCK;
        for (let i = 0; i < part.length; i++) out[at + i] = Math.round((part[i] ?? 0) / scale) + 128;
      }
    }
    yield out;
  }
}

function* allScales(weights: Weights, name: string, blocks: number): Iterable<Uint8Array> {
  for (const { values, columns, rows } of rowChunks(weights, name)) {
    const scales = Float32Array.from({ length: rows * blocks }, (_, i) =>
      scaleOf(blockOf(values, columns, Math.floor(i / blocks), i % blocks)),
    );
    yield bytesOf(scales);
  }
}

function* rowChunks(weights: Weights, name: string): Iterable<{ values: Float32Array; columns: number; rows: number }> {
  const [, columns] = weights.matrixShape(name);
  for (const { values } of weights.streamRows(name, 256)) yield { values, columns, rows: values.length / columns };
}

function blockOf(values: Float32Array, columns: number, row: number, block: number): Float32Array {
  return values.subarray(row * columns + block * BLOCK, row * columns + Math.min((block + 1) * BLOCK, columns));
}

function scaleOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest / 127 || 1;
}
