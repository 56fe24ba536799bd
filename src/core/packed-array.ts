import { fromBase64, toBase64 } from "./base64.ts";
import { finite, object, type Reader, text, unreadable, word } from "./json-reader.ts";

/**
 * A typed array as JSON: `f32` is little-endian floats, so that NaN survives; `delta` is whole numbers, each as the difference to the one
 * before, zigzag (0, -1, 1, -2 ... become 0, 1, 2, 3 ...) in seven bits a byte, lowest first. Neighbours in a merge map are close, so that
 * most take one byte instead of four.
 */
export interface PackedArray {
  readonly dtype: "f32" | "delta";
  readonly base64: string;
}

/** Floats as JSON in one byte each: 0 for `least`, 255 for `most`, and evenly between, so that each is off by at most (most - least) / 510. */
export interface PackedBytes {
  readonly dtype: "u8";
  readonly least: number;
  readonly most: number;
  readonly base64: string;
}

/** Packs finite floats in a byte each, between the least and the most of them. */
export function packBytes(values: Float32Array): PackedBytes {
  const least = values.reduce((low, value) => Math.min(low, value), values[0] ?? 0);
  const most = values.reduce((high, value) => Math.max(high, value), least);
  const scale = most > least ? 255 / (most - least) : 0;
  return {
    dtype: "u8",
    least,
    most,
    base64: toBase64(Uint8Array.from(values, (value) => Math.round((value - least) * scale))),
  };
}

/** Packs floats bit by bit. */
export function packFloats(values: Float32Array): PackedArray {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setFloat32(i * 4, value, true);
  return { dtype: "f32", base64: toBase64(bytes) };
}

/** Packs whole numbers that differ little from one to the next. */
export function packWhole(values: Int32Array | Int16Array): PackedArray {
  const bytes: number[] = [];
  let previous = 0;
  for (const value of values) {
    const delta = (value - previous) | 0;
    let rest = ((delta << 1) ^ (delta >> 31)) >>> 0;
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
    bytes.push(rest);
    previous = value;
  }
  return { dtype: "delta", base64: toBase64(Uint8Array.from(bytes)) };
}

const packedFloats = object<PackedArray>({ dtype: word(["f32"]), base64: text });
const packedBytes = object<PackedBytes>({ dtype: word(["u8"]), least: finite, most: finite, base64: text });
const packedWhole = object<PackedArray>({ dtype: word(["delta"]), base64: text });

/** Reads what packFloats made. */
export const floats: Reader<Float32Array> = (value, path) => {
  const packed = bytesOf(packedFloats(value, path).base64, path);
  if (packed.length % 4 !== 0) throw unreadable(path, "whole floats of four bytes", packed.length);
  const view = new DataView(packed.buffer);
  return Float32Array.from({ length: packed.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
};

/** Reads what packBytes made: 0.4 % of the range is as exact as it gets. */
export const bytes: Reader<Float32Array> = (value, path) => {
  const { least, most, base64 } = packedBytes(value, path);
  if (most < least) throw unreadable(path, `a range upwards from ${least}`, most);
  return Float32Array.from(bytesOf(base64, path), (byte) => least + (byte / 255) * (most - least));
};

/** Reads what packWhole made, as numbers within [least, most], which must fit 32 bits. */
export function wholes(least: number, most: number): Reader<Int32Array> {
  return (value, path) => {
    const numbers: number[] = [];
    let previous = 0;
    let bits = 0;
    let shift = 0;
    for (const byte of bytesOf(packedWhole(value, path).base64, path)) {
      bits |= (byte & 127) << shift;
      shift += 7;
      if (shift > 35) throw unreadable(path, "numbers of at most five bytes", shift / 7);
      if (byte > 127) continue;
      previous = (previous + ((bits >>> 1) ^ -(bits & 1))) | 0;
      if (previous < least || previous > most) throw unreadable(path, `numbers in [${least}, ${most}]`, previous);
      numbers.push(previous);
      bits = 0;
      shift = 0;
    }
    if (shift !== 0) throw unreadable(path, "complete", "a number that is cut off");
    return Int32Array.from(numbers);
  };
}

function bytesOf(base64: string, path: string): Uint8Array {
  const bytes = fromBase64(base64);
  if (bytes === undefined) throw unreadable(path, "base64", base64);
  return bytes;
}
