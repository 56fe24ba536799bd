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
      write: (out) =>
        quantise(weights, layer.weight, (row, block, { levels }) => out.set(levels, (row * blocks + block) * BLOCK)),
    });
    const scales = store.converted(g, {
      name: `${layer.weight}:q8-scales`,
      type: "float32",
      dims: [rows, blocks],
      write: (out) => {
        const found = new Float32Array(rows * blocks);
        quantise(weights, layer.weight, (row, block, { scale }) => {
          found[row * blocks + block] = scale;
        });
        out.set(bytesOf(found));
      },
    });
    const shape = { K: columns, N: rows, bits: 8, block_size: BLOCK, accuracy_level: ACCURACY_LEVEL };
    return addBias(g, g.microsoft("MatMulNBits", [x, values, scales], shape), layer, store); // [n, out]
  },
};

interface QuantisedBlock {
  /** [BLOCK] level 128 is zero; the end of a short last block is filled with it. */
  readonly levels: Uint8Array;
  readonly scale: number;
}

/** Rounds every block of a matrix to 8 bits around zero and hands it to `take`. `levels` is reused between calls. */
function quantise(
  weights: Weights,
  name: string,
  take: (row: number, block: number, result: QuantisedBlock) => void,
): void {
  const [, columns] = weights.matrixShape(name);
  const levels = new Uint8Array(BLOCK);
  for (const { firstRow, values } of weights.streamRows(name, 256)) {
    for (let row = 0; row * columns < values.length; row++) {
      for (let start = 0, block = 0; start < columns; start += BLOCK, block++) {
        const end = Math.min(start + BLOCK, columns);
        const scale = quantiseBlock(values.subarray(row * columns + start, row * columns + end), levels);
        take(firstRow + row, block, { levels, scale });
      }
    }
  }
}

function quantiseBlock(values: Float32Array, levels: Uint8Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = largest / 127 || 1;
  levels.fill(128);
  for (let i = 0; i < values.length; i++) levels[i] = Math.round((values[i] ?? 0) / scale) + 128;
  return scale;
}
