import { setImmediate } from "node:timers/promises";
import { throwIfCancelled } from "#core/errors.ts";
import { widenBf16, widenF16 } from "./half.ts";
import type { Weights } from "./weights.ts";

/** A weight that is not a finite number. */
export interface NonFinite {
  readonly name: string;
  /** Counts values row-major. */
  readonly index: number;
  /** NaN, Infinity or -Infinity. */
  readonly value: number;
}

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes scanned so far, each time other work may run. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** Of a 32-bit word that holds one float32 or two 16-bit floats: all exponent bits, and the lowest of each exponent. */
const LAYOUTS = {
  F32: { exponents: 0x7f80_0000, lowestBits: 0x0080_0000, bytesPerValue: 4 },
  F16: { exponents: 0x7c00_7c00, lowestBits: 0x0400_0400, bytesPerValue: 2 },
  BF16: { exponents: 0x7f80_7f80, lowestBits: 0x0080_0080, bytesPerValue: 2 },
} as const;
const SIGNS = 0x8000_8000;

const CHUNK_BYTES = 2 ** 20;
/** How much is scanned before other work may run, a few milliseconds' worth. */
const PAUSE_BYTES = 16 * CHUNK_BYTES;

/**
 * Finds the first NaN or infinity among the F32, F16 and BF16 weights, in the order of `weights.names()`.
 *
 * Reads all of them through one buffer of 1 MiB. Throws `cancelled`, or what reading throws.
 */
export async function findNonFinite(weights: Weights, options: ScanOptions = {}): Promise<NonFinite | undefined> {
  let doneBytes = 0;
  let pauseAtBytes = PAUSE_BYTES;
  for (const piece of streamPieces(weights)) {
    if (hasFullExponent(piece)) return firstNonFinite(piece);
    doneBytes += piece.sizeBytes;
    if (doneBytes >= pauseAtBytes) {
      pauseAtBytes = doneBytes + PAUSE_BYTES;
      options.onProgress?.(doneBytes);
      await setImmediate();
      throwIfCancelled(options.signal);
    }
  }
  return undefined;
}

/** Part of a tensor from byte `offset` on, as stored. `words` are padded with zero, and valid until the next piece. */
interface Piece {
  readonly name: string;
  readonly dtype: keyof typeof LAYOUTS;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly words: Int32Array;
}

function* streamPieces(weights: Weights): Iterable<Piece> {
  const buffer = new ArrayBuffer(CHUNK_BYTES);
  for (const name of weights.names()) {
    const { dtype, sizeBytes: tensorBytes } = weights.entry(name);
    if (dtype !== "F32" && dtype !== "F16" && dtype !== "BF16") continue;
    for (let offset = 0; offset < tensorBytes; offset += CHUNK_BYTES) {
      const sizeBytes = Math.min(CHUNK_BYTES, tensorBytes - offset);
      const words = new Int32Array(buffer, 0, Math.ceil(sizeBytes / 4));
      words[words.length - 1] = 0;
      weights.readBytes(name, offset, new Uint8Array(buffer, 0, sizeBytes));
      yield { name, dtype, offset, sizeBytes, words };
    }
  }
}

/** True if an exponent is all ones. Adding its lowest bit then carries into the place of the sign, and never further. */
function hasFullExponent({ words, dtype }: Piece): boolean {
  const { exponents, lowestBits } = LAYOUTS[dtype];
  let carries = 0;
  for (let i = 0; i < words.length; i++) carries |= ((words[i] ?? 0) & exponents) + lowestBits;
  return (carries & SIGNS) !== 0;
}

function firstNonFinite(piece: Piece): NonFinite | undefined {
  const values = widen(piece);
  const found = values.findIndex((value) => !Number.isFinite(value));
  const value = values[found];
  if (value === undefined) return undefined;
  return { name: piece.name, index: piece.offset / LAYOUTS[piece.dtype].bytesPerValue + found, value };
}

function widen({ words, dtype, sizeBytes }: Piece): Float32Array {
  if (dtype === "F32") return new Float32Array(words.buffer, 0, sizeBytes / 4);
  const values = new Float32Array(sizeBytes / 2);
  const halves = new Uint16Array(words.buffer, 0, sizeBytes / 2);
  if (dtype === "F16") widenF16(halves, values);
  else widenBf16(halves, values);
  return values;
}
