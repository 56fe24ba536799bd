import { closeSync, openSync, writeSync } from "node:fs";

/** Codes of the format: types of metadata values, and of tensors. */
const VALUE = { uint32: 4, float32: 6, string: 8, array: 9, int32: 5 } as const;
const TENSOR = { F32: 0, F16: 1, Q8_0: 8 } as const;
const VERSION = 3;
const ALIGNMENT = 32;

type GgufType = keyof typeof TENSOR;

export type GgufValue =
  | { readonly kind: "uint32"; readonly value: number }
  | { readonly kind: "float32"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "int32s"; readonly value: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  readonly type: GgufType;
  /** Outermost first, as everywhere here; the file has them the other way round. */
  readonly dims: readonly number[];
  /** The bytes in order, in pieces. */
  readonly bytes: () => Iterable<Uint8Array>;
}

/**
 * Writes a GGUF file, version 3: metadata, then the tensors one after the other, each at a multiple of 32 bytes.
 *
 * Q8_0 demands rows of a multiple of 32 values. Source: the format's specification, ggml's docs/gguf.md.
 */
export function writeGguf(
  path: string,
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): void {
  const header = new ByteWriter();
  header.raw(new TextEncoder().encode("GGUF")).uint32(VERSION).uint64(tensors.length);
  header.uint64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) writeValue(header.string(key), value);
  let offset = 0;
  for (const tensor of tensors) {
    header.string(tensor.name).uint32(tensor.dims.length);
    for (const dim of tensor.dims.toReversed()) header.uint64(dim);
    header.uint32(TENSOR[tensor.type]).uint64(offset);
    offset = aligned(offset + tensorBytes(tensor));
  }
  const file = openSync(path, "w");
  try {
    let position = aligned(write(file, header.finish(), 0));
    for (const { bytes } of tensors) {
      for (const piece of bytes()) position = write(file, piece, position);
      position = aligned(position);
    }
    writeSync(file, new Uint8Array(1), 0, 1, position); // the padding of the last tensor is part of the file
  } finally {
    closeSync(file);
  }
}

const aligned = (offset: number) => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

function tensorBytes({ type, dims }: GgufTensor): number {
  const values = dims.reduce((product, dim) => product * dim, 1);
  return { F32: values * 4, F16: values * 2, Q8_0: (values / 32) * 34 }[type];
}

function write(file: number, bytes: Uint8Array, position: number): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, position + at);
  return position + bytes.length;
}

function writeValue(out: ByteWriter, metadata: GgufValue): void {
  if (metadata.kind === "uint32") out.uint32(VALUE.uint32).uint32(metadata.value);
  else if (metadata.kind === "float32") out.uint32(VALUE.float32).float32(metadata.value);
  else if (metadata.kind === "string") out.uint32(VALUE.string).string(metadata.value);
  else {
    const isText = metadata.kind === "strings";
    out
      .uint32(VALUE.array)
      .uint32(isText ? VALUE.string : VALUE.int32)
      .uint64(metadata.value.length);
    if (isText) for (const item of metadata.value) out.string(item);
    else for (const item of metadata.value) out.uint32(item);
  }
}

/** Appends little-endian numbers and strings with their lengths. */
class ByteWriter {
  readonly #pieces: Uint8Array[] = [];

  raw(bytes: Uint8Array): this {
    this.#pieces.push(bytes);
    return this;
  }
  uint32(value: number): this {
    return this.raw(new Uint8Array(Uint32Array.of(value).buffer));
  }
  float32(value: number): this {
    return this.raw(new Uint8Array(Float32Array.of(value).buffer));
  }
  uint64(value: number): this {
    return this.raw(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }
  string(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.uint64(bytes.length).raw(bytes);
  }
  finish(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}
