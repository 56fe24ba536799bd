import { checkShape, type TensorStore } from "../store.ts";
import { OneReading, type QuantisedRows } from "./one-reading.ts";
import { addBias, type Recipe } from "./recipe.ts";

/** Weights that share one scale. */
const BLOCK = 128;
/** Activations are rounded to 8 bits, too: several times faster at decode than level 0. */
const ACCURACY_LEVEL = 4;
/** The level that is zero. */
const ZERO = 128;

/**
 * Weights in 8 bits, blocks of 128 along the input with one scale each, zero point 128 (MatMulNBits).
 *
 * Runs on the CPU and on WebGPU. A quarter of the memory of f32.
 */
export const q8: Recipe = {
  name: "q8",
  version: 2,
  isInPlace: false,
  linear(g, x, layer, store) {
    const { outputs: rows, inputs: columns } = layer;
    checkShape(store.weights, layer.weight, [rows, columns]);
    const blocks = Math.ceil(columns / BLOCK);
    const reading = new OneReading(() => quantisedRows(store, layer.weight, columns));
    const values = store.converted(g, {
      name: `${layer.weight}:q8`,
      type: "uint8",
      dims: [rows, blocks, BLOCK],
      chunks: () => reading.part("levels"),
    });
    const scales = store.converted(g, {
      name: `${layer.weight}:q8-scales`,
      type: "float32",
      dims: [rows, blocks],
      chunks: () => reading.part("scales"),
    });
    const shape = { K: columns, N: rows, bits: 8, block_size: BLOCK, accuracy_level: ACCURACY_LEVEL };
    return addBias(g, g.microsoft("MatMulNBits", [x, values, scales], shape), layer, store); // [n, out]
  },
};

function* quantisedRows(store: TensorStore, name: string, columns: number): Iterable<QuantisedRows> {
  const blocks = Math.ceil(columns / BLOCK);
  for (const { values } of store.rows(name)) {
    const rows = values.length / columns;
    const scales = new Float32Array(rows * blocks);
    const levels = new Uint8Array(rows * blocks * BLOCK);
    if (columns % BLOCK > 0) levels.fill(ZERO); // the end of a short last block
    for (let row = 0; row < rows; row++) {
      for (let block = 0; block < blocks; block++) {
        const start = row * columns + block * BLOCK;
        const end = Math.min(start + BLOCK, (row + 1) * columns);
        const at = row * blocks + block;
        scales[at] = quantiseBlock(values, start, end, levels, at * BLOCK);
      }
    }
    yield { levels, scales };
  }
}

/** Puts the levels of values[start .. end - 1] into `levels` from `at` on, and gives their scale: the largest value is 127 levels from zero. */
function quantiseBlock(values: Float32Array, start: number, end: number, levels: Uint8Array, at: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const size = Math.abs(values[i] ?? 0);
    if (size > largest) largest = size;
  }
  const scale = largest / 127 || 1;
  const inverse = 1 / scale;
  for (let i = start; i < end; i++) levels[at + i - start] = (values[i] ?? 0) * inverse + (ZERO + 0.5);
  return scale;
}
