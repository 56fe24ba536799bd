import { createHash } from "node:crypto";
import { AimError } from "#core/errors.ts";
import { TENSOR_TYPES, type TensorType } from "#onnx/tensor-type.ts";

/** A tensor to be written by a conversion. `chunks` gives its bytes in order, whatever their number, `sizeBytes` in all; each time anew. */
export interface ConversionJob {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  /** Counts from the start of the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly chunks: () => Iterable<Uint8Array>;
}

/** A tensor that has no place in a file yet. */
export type NewTensor = Omit<ConversionJob, "offset" | "sizeBytes">;

/** The element types of safetensors files that a conversion writes. */
const DTYPES: Readonly<Partial<Record<TensorType, string>>> = {
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  uint8: "U8",
  int8: "I8",
};

const LENGTH_BYTES = 8;
/** Where data begins. The header is filled up to here with spaces, so that places are known while graphs, and with them tensors, are still being added. */
const DATA_OFFSET = 2 ** 20;

/** The name of a type in safetensors files. Throws `unsupported` for one that conversions do not write. */
export function dtypeOf(type: TensorType): string {
  const dtype = DTYPES[type];
  if (dtype !== undefined) return dtype;
  throw new AimError("unsupported", `a converted file cannot hold ${type}`, {
    hint: `types that it can hold: ${Object.keys(DTYPES).join(", ")}`,
  });
}

/** A safetensors file to be written: tensors one right after the other, in the order in which they were added. */
export class ConvertedFile {
  readonly jobs: ConversionJob[] = [];
  /** How values are converted, in words that change with it. */
  readonly version: string;
  #sizeBytes = DATA_OFFSET;

  constructor(version: string) {
    this.version = version;
  }

  /** Of the whole file. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Gives a tensor the next place. Throws `unsupported` for a type that the file cannot hold. */
  add(tensor: NewTensor): ConversionJob {
    dtypeOf(tensor.type);
    const sizeBytes = tensor.dims.reduce((product, dim) => product * dim, TENSOR_TYPES[tensor.type].sizeBytes);
    const job = { ...tensor, offset: this.#sizeBytes, sizeBytes };
    this.jobs.push(job);
    this.#sizeBytes += sizeBytes;
    return job;
  }

  /** 12 hex digits over the version and every tensor's name, type, size and place. */
  digest(): string {
    const places = this.jobs.map(({ name, type, dims, offset }) => [name, type, dims, offset]);
    return createHash("sha256")
      .update(JSON.stringify([this.version, places]))
      .digest("hex")
      .slice(0, 12);
  }

  /** The first MiB of the file. Throws `unsupported` if the names of all tensors do not fit into it. */
  header(): Uint8Array {
    const entries = this.jobs.map(({ name, type, dims, offset, sizeBytes }) => {
      const begin = offset - DATA_OFFSET;
      return [name, { dtype: dtypeOf(type), shape: dims, data_offsets: [begin, begin + sizeBytes] }] as const;
    });
    const metadata = ["__metadata__", { format: "aim", conversion: this.version }] as const;
    const json = Buffer.from(JSON.stringify(Object.fromEntries([metadata, ...entries])));
    const room = DATA_OFFSET - LENGTH_BYTES;
    if (json.length > room) {
      throw new AimError(
        "unsupported",
        `${this.jobs.length} tensors need a header of ${json.length} bytes, there is room for ${room}`,
        { hint: "use the model in f32" },
      );
    }
    const header = Buffer.alloc(DATA_OFFSET, " ");
    header.writeBigUInt64LE(BigInt(room));
    json.copy(header, LENGTH_BYTES);
    return header;
  }
}
