import { narrowToBf16, narrowToF16 } from "#model/half.ts";
import type { CheckpointSpec } from "./spec.ts";

/** Values drawn once and then repeated. A prime, so that no matrix has two equal rows. */
const PERIOD = 65_521;
/** Periods that are written at once. */
const COPIES = 16;

/** Gives the stored bytes of tensors, in pieces that are valid until the next one. Equal names give equal values. */
export interface Filler {
  random(name: string, values: number): Iterable<Uint8Array>;
  ones(values: number): Iterable<Uint8Array>;
}

/** Normal values of deviation `std`. They repeat after 65,521, which makes a large model a matter of disk speed. */
export function makeFiller({ dtype, seed, std }: Pick<CheckpointSpec, "dtype" | "seed" | "std">): Filler {
  const normal = encode(dtype, gaussian(PERIOD, std, seed));
  const one = encode(dtype, new Float32Array(PERIOD).fill(1));
  const bytesPerValue = one.length / PERIOD;
  const block = Buffer.concat(Array.from({ length: COPIES }, () => normal));
  return {
    random: (name, values) => repeat(block, (hash(name) % PERIOD) * bytesPerValue, values * bytesPerValue),
    ones: (values) => repeat(one, 0, values * bytesPerValue),
  };
}

function encode(dtype: CheckpointSpec["dtype"], values: Float32Array): Uint8Array {
  const stored = { f32: () => values, f16: () => narrowToF16(values), bf16: () => narrowToBf16(values) }[dtype]();
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function* repeat(block: Uint8Array, start: number, sizeBytes: number): Iterable<Uint8Array> {
  let position = start;
  for (let left = sizeBytes; left > 0; ) {
    const piece = block.subarray(position, position + left);
    yield piece;
    left -= piece.length;
    position = 0;
  }
}

/** The Box-Muller transform of uniform numbers. */
function gaussian(count: number, std: number, seed: number): Float32Array {
  const uniform = xorshift32(seed);
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    return std * radius * Math.cos(2 * Math.PI * uniform());
  });
}

/** Numbers in (0, 1). Marsaglia, Xorshift RNGs, 2003. */
function xorshift32(seed: number): () => number {
  let state = hash(`seed ${seed}`) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let state = 0x811c_9dc5;
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 0x0100_0193) >>> 0;
  return state;
}
