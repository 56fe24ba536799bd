import { basename, dirname, join } from "node:path";
import { AimError } from "#core/errors.ts";
import { bytesOf, type Ops } from "#onnx/ops.ts";
import { Balance } from "./balance.ts";
import { type ConversionJob, ConvertedFile, dtypeOf, type NewTensor } from "./converted-file.ts";
import { addFloat, copyOf, floatEntry, type Place, widenedName } from "./float-tensor.ts";
import type { TensorEntry } from "./safetensors.ts";
import type { RowChunk, Weights } from "./weights.ts";

/** Gives graphs their parameters, as external data of one folder. */
export interface TensorStore {
  readonly weights: Weights;
  /** Folder that ONNX Runtime reads external data from. */
  readonly folder: string;
  /** The tensor `name` of the checkpoint as float32. Throws `invalid-model` if it is missing or has another shape or type. */
  float(g: Ops, name: string, shape: readonly number[]): string;
  /**
   * A tensor derived from the checkpoint's, `X:what`, where X is the name of the tensor that it is made of. Throws `unsupported` where tensors
   * are used in place and it is not among them.
   */
  converted(g: Ops, tensor: NewTensor): string;
  /**
   * Says that `scaled` [channels] or [channels, in] reach nothing but the columns of `readers`, and linearly, before any of them is asked for: what is
   * converted can be balanced between them (see Balance.add).
   */
  balance(...[scaled, readers, channels]: Parameters<Balance["add"]>): void;
  /** How unequal the norm before the matrix `name` makes what it reads; see Balance.peak. */
  peak(name: string): number;
  /** The values of a tensor of the checkpoint, balanced, as they are to be converted: some rows at a time, from the first to the last. */
  rows(name: string): Iterable<RowChunk>;
}

/**
 * Throws `invalid-model` unless the checkpoint has a tensor `name` of floating-point values in this shape. Where it holds only what the tensor was
 * converted to, that is checked when it is used.
 */
export function checkShape(weights: Weights, name: string, shape: readonly number[]): void {
  if (weights.has(name) || !weights.hasConverted(name)) floatEntry(weights, name, shape);
}

/**
 * Uses the checkpoint's own files: nothing is copied on disk.
 *
 * The files are named by their real paths (a hub cache keeps its shards as links): ONNX Runtime refuses a link that leaves its folder.
 */
export class InPlaceStore implements TensorStore {
  readonly weights: Weights;
  readonly folder: string;
  /** What was imported is balanced already, and nothing else needs to be. */
  readonly #balance: Balance;

  constructor(weights: Weights) {
    this.weights = weights;
    this.#balance = new Balance(weights, { isDone: true });
    const [first] = weights.names();
    this.folder = first === undefined ? "" : dirname(weights.entry(first).path);
  }

  float(g: Ops, name: string, shape: readonly number[]): string {
    const { entry, type } = floatEntry(this.weights, name, shape);
    if (g.hasInitializer(name)) return widenedName(name, type);
    return addFloat(g, { name, type, dims: shape }, this.#place(entry));
  }

  converted(g: Ops, { name, type, dims }: NewTensor): string {
    if (g.hasInitializer(name)) return name;
    if (!this.weights.has(name)) {
      throw new AimError("unsupported", `the model's own files have no tensor ${JSON.stringify(name)}`, {
        hint: "the model was imported in another precision, or by an older version: import it again, with --precision and --replace",
      });
    }
    const entry = this.weights.entry(name);
    if (entry.dtype !== dtypeOf(type) || entry.shape.join() !== dims.join()) {
      const [found, wanted] = [`${entry.dtype} [${entry.shape.join(", ")}]`, `${dtypeOf(type)} [${dims.join(", ")}]`];
      throw new AimError("invalid-model", `${name} is ${found}, this version reads ${wanted}`, {
        hint: "the model was imported by another version: import it again, with --replace",
      });
    }
    return g.initializer(name, type, dims, this.#place(entry));
  }

  balance(...group: Parameters<Balance["add"]>): void {
    this.#balance.add(...group);
  }

  peak(name: string): number {
    return this.#balance.peak(name);
  }

  rows(name: string): Iterable<RowChunk> {
    return this.#balance.rows(name);
  }

  #place({ path, offset, sizeBytes }: TensorEntry): Place {
    if (dirname(path) === this.folder) return { file: basename(path), offset, sizeBytes };
    throw new AimError("invalid-model", `weight files lie in different folders: ${this.folder} and ${dirname(path)}`, {
      hint: "put all .safetensors files of the model into one folder",
    });
  }
}

/** Collects what has to be converted into one file of a folder in `root`, and refers graphs to where each tensor will lie in it. */
export class ConvertedStore implements TensorStore {
  readonly weights: Weights;
  readonly tensors: ConvertedFile;
  readonly #root: string;
  readonly #balance: Balance;

  /** `version` names how values are converted, in words that change with it. */
  constructor(weights: Weights, root: string, version: string) {
    this.weights = weights;
    this.tensors = new ConvertedFile(version);
    this.#root = root;
    this.#balance = new Balance(weights);
  }

  /** Named after the version and every tensor's name, type, size and place. Final when the graph has been built. */
  get folder(): string {
    return join(this.#root, `${this.tensors.version.replaceAll(" ", "-")}-${this.tensors.digest()}`);
  }

  /** The file in `folder` that the tensors will lie in. */
  get file(): string {
    return "weights.safetensors";
  }

  get sizeBytes(): number {
    return this.tensors.sizeBytes;
  }

  float(g: Ops, name: string, shape: readonly number[]): string {
    const { type: storedType } = floatEntry(this.weights, name, shape);
    const isBalanced = this.#balance.isScaled(name);
    const type = isBalanced ? "float32" : storedType;
    if (g.hasInitializer(name)) return widenedName(name, type);
    const tensor = isBalanced ? this.#balanced(name, shape) : copyOf(this.weights, name);
    return addFloat(g, { name, type, dims: shape }, this.#place(this.tensors.add(tensor)));
  }

  #balanced(name: string, dims: readonly number[]): NewTensor {
    return { name, type: "float32", dims, chunks: () => this.#balancedBytes(name) };
  }

  *#balancedBytes(name: string): Iterable<Uint8Array> {
    for (const { values } of this.rows(name)) yield bytesOf(values);
  }

  balance(...group: Parameters<Balance["add"]>): void {
    this.#balance.add(...group);
  }

  peak(name: string): number {
    return this.#balance.peak(name);
  }

  rows(name: string): Iterable<RowChunk> {
    return this.#balance.rows(name);
  }

  converted(g: Ops, tensor: NewTensor): string {
    if (g.hasInitializer(tensor.name)) return tensor.name;
    return g.initializer(tensor.name, tensor.type, tensor.dims, this.#place(this.tensors.add(tensor)));
  }

  #place({ offset, sizeBytes }: ConversionJob): Place {
    return { file: this.file, offset, sizeBytes };
  }
}
