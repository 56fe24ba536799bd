import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** A tensor to be written; `pieces` are its bytes, in order. */
export interface TensorSource {
  readonly name: string;
  /** As in the format: `F16`, `BF16`, `F32` ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
  readonly pieces: Iterable<Uint8Array>;
}

/**
 * Writes a safetensors file, piece by piece: a file of any size takes no memory. A sparse one has its true size but zeros for values,
 * which most file systems do not store.
 */
export function writeSafetensors(
  path: string,
  tensors: readonly TensorSource[],
  options: { isSparse?: boolean } = {},
): void {
  const file = openSync(path, "w");
  try {
    const header = encodeHeader(tensors);
    writeFully(file, header);
    if (options.isSparse)
      ftruncateSync(
        file,
        tensors.reduce((end, { sizeBytes }) => end + sizeBytes, header.length),
      );
    else for (const { pieces } of tensors) for (const piece of pieces) writeFully(file, piece);
  } finally {
    closeSync(file);
  }
}

function encodeHeader(tensors: readonly TensorSource[]): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const { name, dtype, shape, sizeBytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + sizeBytes] };
    offset += sizeBytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
