import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { AimError } from "#core/errors.ts";
import { bytesOf, type Ops } from "#onnx/ops.ts";
import { TENSOR_TYPES, type TensorType } from "#onnx/tensor-type.ts";
import type { TensorEntry } from "./safetensors.ts";
import type { Weights } from "./weights.ts";

/** A tensor to be written by a conversion. `chunks` gives its bytes in order, whatever their number, `sizeBytes` in all; each time anew. */
export interface ConversionJob {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly sizeBytes: number;
  readonly chunks: () => Iterable<Uint8Array>;
}

/** Gives graphs their parameters, as external data of one folder. */
export interface TensorStore {
  readonly weights: Weights;
  /** Folder that ONNX Runtime reads external data from. */
  readonly folder: string;
  /** The tensor `name` of the checkpoint as float32. Throws `invalid-model` if it is missing or has another shape or type. */
  float(g: Ops, name: string, shape: readonly number[]): string;
  /** A tensor derived from the checkpoint's. Throws `unsupported` where tensors are used in place. */
  converted(g: Ops, tensor: Omit<ConversionJob, "offset" | "sizeBytes">): string;
}

/** Throws `invalid-model` unless the checkpoint has a tensor `name` of floating-point values in this shape. */
export function checkShape(weights: Weights, name: string, shape: readonly number[]): TensorEntry {
  const entry = weights.entry(name);
  if (entry.shape.join() !== shape.join()) {
    throw new AimError(
      "invalid-model",
      `${name} has shape [${entry.shape.join(", ")}], config.json demands [${shape.join(", ")}]`,
      {
        hint: "config.json and the weights are of different models: download the checkpoint again",
      },
    );
  }
  if (!(entry.dtype in STORED_AS)) {
    throw new AimError("invalid-model", `${name} has type ${entry.dtype}`, {
      hint: "use a checkpoint in F32, F16 or BF16",
    });
  }
  return entry;
}

const STORED_AS: Readonly<Record<string, TensorType>> = { F32: "float32", F16: "float16", BF16: "bfloat16" };

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

  float(g: Ops, name: string, shape: readonly number[]): string {
    const entry = checkShape(this.weights, name, shape);
    const type = STORED_AS[entry.dtype] ?? "float32";
    const widened = type === "float32" ? name : `${name}:float32`;
    if (g.hasInitializer(name)) return widened;
    if (dirname(entry.path) !== this.folder) {
      throw new AimError(
        "invalid-model",
        `weight files lie in different folders: ${this.folder} and ${dirname(entry.path)}`,
        {
          hint: "put all .safetensors files of the model into one folder",
        },
      );
    }
    g.initializer(name, type, shape, { file: basename(entry.path), offset: entry.offset, sizeBytes: entry.sizeBytes });
    return type === "float32" ? name : g.named(widened, "Cast", [name], { to: TENSOR_TYPES.float32.code });
  }

  converted(): string {
    throw new AimError("unsupported", "tensors that are used in place cannot be converted");
  }
}

/** Alignment of tensors in a converted file, bytes. */
const ALIGNMENT = 64;

/** Collects what has to be converted into one file of a folder in `root`, and refers graphs to where each tensor will lie in it. */
export class ConvertedStore implements TensorStore {
  readonly weights: Weights;
  readonly file = "weights.bin";
  readonly jobs: ConversionJob[] = [];
  sizeBytes = 0;
  readonly #root: string;
  readonly #version: string;

  /** `version` names how values are converted, in words that change with it. */
  constructor(weights: Weights, root: string, version: string) {
    this.weights = weights;
    this.#root = root;
    this.#version = version;
  }

  /** Named after the version and every tensor's name, type, size and place. Final when the graph has been built. */
  get folder(): string {
    const places = this.jobs.map(({ name, type, dims, offset }) => [name, type, dims, offset]);
    const digest = createHash("sha256")
      .update(JSON.stringify([this.#version, places]))
      .digest("hex")
      .slice(0, 12);
    return join(this.#root, `${this.#version.replaceAll(" ", "-")}-${digest}`);
  }

  float(g: Ops, name: string, shape: readonly number[]): string {
    checkShape(this.weights, name, shape);
    return this.converted(g, { name, type: "float32", dims: shape, chunks: () => this.#floatChunks(name) });
  }

  *#floatChunks(name: string): Iterable<Uint8Array> {
    for (const { values } of this.weights.streamRows(name, 256)) yield bytesOf(values);
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
