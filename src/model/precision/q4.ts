import { checkShape } from "../store.ts";
import type { Weights } from "../weights.ts";
import { addBias, type Recipe } from "./recipe.ts";

/** Weights that share one scale. */
const BLOCK = 32;
const ACCURACY_LEVEL = 4;

/** Weights in 4 bits, blocks of 32 along the input with one scale each, zero point 8 (MatMulNBits): for those short of memory. */
export const q4: Recipe = {
  name: "q4",
  version: 1,
  isInPlace: false,
  linear(g, x, layer, store) {
    const { weights } = store;
    const { outputs: rows, inputs: columns } = layer;
    checkShape(weights, layer.weight, [rows, columns]);
    const blocks = Math.ceil(columns / BLOCK);
    const values = store.converted(g, {
      name: `${layer.weight}:q4`,
      type: "uint8",
      dims: [rows, blocks, BLOCK / 2],
      chunks: () => levels(weights, layer.weight, blocks),
    });
    const scales = store.converted(g, {
      name: `${layer.weight}:q4-scales`,
      type: "float32",
      dims: [rows, blocks],
      chunks: () => allScales(weights, layer.weight, blocks),
    });
    const shape = { K: columns, N: rows, bits: 4, block_size: BLOCK, accuracy_level: ACCURACY_LEVEL };
    return addBias(g, g.microsoft("MatMulNBits", [x, values, scales], shape), layer, store); // [n, out]
  },
};

/** The scale of a block: its largest value is level 0, of the sign for which there is one level more. */
function scaleOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest / -8 || 1;
}

function* allScales(weights: Weights, name: string, blocks: number): Iterable<Uint8Array> {
  const [, columns] = weights.matrixShape(name);
  for (const { values } of weights.streamRows(name, 256)) {
    const rows = values.length / columns;
    const scales = new Float32Array(rows * blocks);
    for (let row = 0; row < rows; row++) {
      for (let block = 0; block < blocks; block++) {
        const [start, end] = [block * BLOCK, Math.min((block + 1) * BLOCK, columns)];
        scales[row * blocks + block] = scaleOf(values.subarray(row * columns + start, row * columns + end));
      }
    }
    yield new Uint8Array(scales.buffer);
  }
}

/** Two levels a byte, the first in the low half; the end of a short last block is zero. */
function* levels(weights: Weights, name: string, blocks: number): Iterable<Uint8Array> {
  const [, columns] = weights.matrixShape(name);
  for (const { values } of weights.streamRows(name, 256)) {
    const rows = values.length / columns;
    const packed = new Uint8Array((rows * blocks * BLOCK) / 2).fill(0x88);
    for (let row = 0; row < rows; row++) {
      for (let block = 0; block < blocks; block++) {
        const [start, end] = [block * BLOCK, Math.min((block + 1) * BLOCK, columns)];
        const inverse = 1 / scaleOf(values.subarray(row * columns + start, row * columns + end));
        for (let i = start; i < end; i++) {
          const level = Math.max(0, Math.min(15, Math.round((values[row * columns + i] ?? 0) * inverse) + 8));
          const at = (row * blocks + block) * (BLOCK / 2) + ((i - start) >> 1);
          packed[at] = i % 2 === 0 ? ((packed[at] ?? 0) & 0xf0) | level : ((packed[at] ?? 0) & 0x0f) | (level << 4);
        }
      }
    }
    yield packed;
  }
}
