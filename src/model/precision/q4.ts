import { checkShape, type TensorStore } from "../store.ts";
import { type FourBitBlock, quantiseFourBits } from "./four-bit-block.ts";
import { OneReading, type QuantisedRows } from "./one-reading.ts";
import { q8 } from "./q8.ts";
import { addBias, type Recipe } from "./recipe.ts";

/**
 * Weights that share one scale and one zero point. Blocks of 64 and 128 have 12 and 22 % more error (with long tails 20 and 42 %), take 4.56 and 4.28 bits a
 * weight where 32 takes 5.13, and are 10 and 20 % faster at decoding, 4 and 40 % at prefill.
 */
const BLOCK = 32;
/** Activations are rounded to 8 bits, too: level 0 decodes 30 times slower. */
const ACCURACY_LEVEL = 4;

/**
 * Weights in 4 bits, blocks of 32 along the input, each with the scale and zero point of least error (MatMulNBits): for those short of memory. The output
 * layer, which decides between words, has 8 bits.
 */
export const q4: Recipe = {
  name: "q4",
  version: 2,
  isInPlace: false,
  linear(g, x, layer, store) {
    if (layer.isForOneToken) return q8.linear(g, x, layer, store);
    const { outputs: rows, inputs: columns } = layer;
    checkShape(store.weights, layer.weight, [rows, columns]);
    const blocks = Math.ceil(columns / BLOCK);
    const reading = new OneReading(() => quantisedRows(store, layer.weight, columns));
    const values = store.converted(g, {
      name: `${layer.weight}:q4`,
      type: "uint8",
      dims: [rows, blocks, BLOCK / 2],
      chunks: () => reading.part("levels"),
    });
    const scales = store.converted(g, {
      name: `${layer.weight}:q4-scales`,
      type: "float32",
      dims: [rows, blocks],
      chunks: () => reading.part("scales"),
    });
    const zeroPoints = store.converted(g, {
      name: `${layer.weight}:q4-zeros`,
      type: "uint8",
      dims: [rows, Math.ceil(blocks / 2)],
      chunks: () => reading.part("zeroPoints"),
    });
    const shape = { K: columns, N: rows, bits: 4, block_size: BLOCK, accuracy_level: ACCURACY_LEVEL };
    return addBias(g, g.microsoft("MatMulNBits", [x, values, scales, zeroPoints], shape), layer, store); // [n, out]
  },
};

/** Two levels, and two zero points, a byte, the first in the low half. The end of a short last block meets no activations. */
function* quantisedRows(store: TensorStore, name: string, columns: number): Iterable<QuantisedRows> {
  const blocks = Math.ceil(columns / BLOCK);
  const zeroBytes = Math.ceil(blocks / 2);
  const found: FourBitBlock = { scale: 1, zeroPoint: 0, levels: new Uint8Array(BLOCK) };
  for (const { values } of store.rows(name)) {
    const rows = values.length / columns;
    const levels = new Uint8Array((rows * blocks * BLOCK) / 2);
    const scales = new Float32Array(rows * blocks);
    const zeroPoints = new Uint8Array(rows * zeroBytes);
    for (let row = 0; row < rows; row++) {
      for (let block = 0; block < blocks; block++) {
        const start = row * columns + block * BLOCK;
        quantiseFourBits(values, start, Math.min(start + BLOCK, (row + 1) * columns), found);
        const at = row * blocks + block;
        pack(found.levels, levels, (at * BLOCK) / 2);
        scales[at] = found.scale;
        const byte = row * zeroBytes + (block >> 1);
        zeroPoints[byte] = (zeroPoints[byte] ?? 0) | (found.zeroPoint << (4 * (block & 1)));
      }
    }
    yield { levels, scales, zeroPoints };
  }
}

function pack(block: Uint8Array, packed: Uint8Array, at: number): void {
  for (let i = 0; i < BLOCK; i += 2) packed[at + (i >> 1)] = (block[i] ?? 0) | ((block[i + 1] ?? 0) << 4);
}
