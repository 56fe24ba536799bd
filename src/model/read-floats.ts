import { AimError } from "#core/errors.ts";
import type { BinaryFile } from "./binary-file.ts";
import { widenBf16, widenF16 } from "./half.ts";
import type { TensorEntry } from "./safetensors.ts";

/** 16-bit values that are read and widened at once: 2 MiB beside the result. */
const CHUNK_VALUES = 2 ** 20;

/** Which values of which tensor: `length` of them from value `first` on, row-major. */
interface Part {
  readonly name: string;
  readonly first: number;
  readonly length: number;
}

/**
 * Reads a part of the tensor at `entry`, widened to float32. The caller keeps within the tensor.
 *
 * Throws `invalid-model` unless the tensor is F32, F16 or BF16 and the result fits into memory.
 */
export function readFloats(file: BinaryFile, entry: TensorEntry, part: Part): Float32Array {
  const { first, length } = part;
  const values = allocate(entry, part);
  if (entry.dtype === "F32") {
    file.read(entry.offset + first * 4, new Uint8Array(values.buffer));
    return values;
  }
  const widen = entry.dtype === "F16" ? widenF16 : widenBf16;
  const chunk = new Uint16Array(Math.min(length, CHUNK_VALUES));
  for (let done = 0; done < length; done += chunk.length) {
    const halves = chunk.subarray(0, length - done);
    file.read(entry.offset + (first + done) * 2, new Uint8Array(chunk.buffer, 0, halves.byteLength));
    widen(halves, values.subarray(done, done + halves.length));
  }
  return values;
}

function allocate({ dtype, path }: TensorEntry, { name, length }: Part): Float32Array<ArrayBuffer> {
  const tensor = `${path}: tensor ${JSON.stringify(name)}`;
  if (dtype !== "F32" && dtype !== "F16" && dtype !== "BF16") {
    throw new AimError("invalid-model", `${tensor} has dtype ${dtype}, which weights cannot have`, {
      hint: "use a checkpoint in F32, F16 or BF16",
    });
  }
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw new AimError("invalid-model", `${tensor}: ${length} values do not fit into memory`, {
      hint: "use a smaller model or a machine with more memory",
      cause,
    });
  }
}
