import { basename, dirname } from "node:path";
import { AimError } from "#core/errors.ts";
import type { Ops } from "#onnx/ops.ts";
import { TENSOR_TYPES, type TensorType } from "#onnx/tensor-type.ts";
import type { TensorEntry } from "./safetensors.ts";
import type { Weights } from "./weights.ts";

/** A tensor to be written by a conversion. `write` fills `out`, which has exactly the tensor's bytes. */
export interface ConversionJob {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly sizeBytes: number;
  readonly write: (out: Uint8Array) => void;
}

/** Gives graphs their parameters, as external data of one folder. */
export interface TensorStore {
  readonly weights: Weights;
  /** Folder that ONNX Runtime reads external data from. */
  readonly folder: string;
  /** The tensor `name` of the checkpoint as float32, in its own shape. */
  float(g: Ops, name: string): string;
  /** A tensor derived from the checkpoint's. Throws `unsupported` where tensors are used in place. */
  converted(g: Ops, tensor: Omit<ConversionJob, "offset" | "sizeBytes">): string;
}

const STORED_AS = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;

/**
 * Uses the checkpoint's own files: nothing is copied on disk. 16-bit tensors are widened by a Cast that ONNX Runtime folds at load.
 *
 * The files are named by their real paths (a hub cache keeps its shards as links): ONNX Runtime refuses a link that leaves its folder.
 */
export class InPlaceStore implements TensorStore {
  readonly weights: Weights;
  readonly folder: string;

  constructor(weights: Weights) {
    this.weights = weights;
    const [first] = weights.names();
    this.folder = first === undefined ? "" : dirname(weights.entry(first).path);
  }

  float(g: Ops, name: string): string {
    const widened = `${name}:float32`;
    if (g.hasInitializer(name)) return this.#type(this.weights.entry(name)) === "float32" ? name : widened;
    const entry = this.weights.entry(name);
    const type = this.#type(entry);
    if (dirname(entry.path) !== this.folder) {
      throw new AimError(
        "invalid-model",
        `weight files lie in different folders: ${this.folder} and ${dirname(entry.path)}`,
        {
          hint: "put all .safetensors files of the model into one folder",
        },
      );
    }
    g.initializer(name, type, entry.shape, { file: basename(entry.path), offset: entry.offset, sizeBytes: entry.sizeBytes });
    return type === "float32" ? name : g.named(widened, "Cast", [name], { to: TENSOR_TYPES.float32.code });
  }

  converted(): string {
    throw new AimError("unsupported", "tensors that are used in place cannot be converted");
  }

  #type(entry: TensorEntry): (typeof STORED_AS)[keyof typeof STORED_AS] {
    const { dtype } = entry;
    if (dtype === "F32" || dtype === "F16" || dtype === "BF16") return STORED_AS[dtype];
    throw new AimError("invalid-model", `weights of type ${dtype} cannot be used`, {
      hint: "use a checkpoint in F32, F16 or BF16",
    });
  }
}

/** Alignment of tensors in a converted file, bytes. */
const ALIGNMENT = 64;

/** Collects what has to be converted into one file, and refers graphs to where each tensor will lie in it. */
export class ConvertedStore implements TensorStore {
  readonly weights: Weights;
  readonly folder: string;
  readonly file: string;
  readonly jobs: ConversionJob[] = [];
  sizeBytes = 0;

  constructor(weights: Weights, folder: string, file: string) {
    this.weights = weights;
    this.folder = folder;
    this.file = file;
  }

  float(g: Ops, name: string): string {
    const { shape } = this.weights.entry(name);
    return this.converted(g, {
      name,
      type: "float32",
      dims: shape,
      write: (out) => out.set(new Uint8Array(this.weights.readFloat32(name).buffer)),
    });
  }

  converted(g: Ops, tensor: Omit<ConversionJob, "offset" | "sizeBytes">): string {
    if (g.hasInitializer(tensor.name)) return tensor.name;
    const sizeBytes = tensor.dims.reduce((product, dim) => product * dim, TENSOR_TYPES[tensor.type].sizeBytes);
    const offset = Math.ceil(this.sizeBytes / ALIGNMENT) * ALIGNMENT;
    this.jobs.push({ ...tensor, offset, sizeBytes });
    this.sizeBytes = offset + sizeBytes;
    return g.initializer(tensor.name, tensor.type, tensor.dims, { file: this.file, offset, sizeBytes });
  }
}
