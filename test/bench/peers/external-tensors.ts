import { closeSync, openSync, writeSync } from "node:fs";
import type { Weights } from "#model/weights.ts";
import { bytesOf, type Ops } from "#onnx/ops.ts";
import { TENSOR_TYPES, type TensorType } from "#onnx/tensor-type.ts";

const ALIGNMENT = 64;

/** A tensor of an export; `bytes` gives them in order, in pieces. */
interface ExportedTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly bytes: () => Iterable<Uint8Array>;
}

/** The parameters of an exported graph: collected while it is built, then written to one file beside it. */
export class ExternalTensors {
  readonly weights: Weights;
  readonly #file: string;
  readonly #places: (ExportedTensor & { readonly offset: number })[] = [];
  #sizeBytes = 0;

  /** `file` is the name that graphs refer to. */
  constructor(weights: Weights, file: string) {
    this.weights = weights;
    this.#file = file;
  }

  /** A tensor of the checkpoint, in float32. */
  float(g: Ops, name: string, dims: readonly number[]): string {
    const { weights } = this;
    const values = function* () {
      for (const { values } of weights.streamRows(name, 256)) yield bytesOf(values);
    };
    return this.add(g, { name, type: "float32", dims, bytes: values });
  }

  add(g: Ops, tensor: ExportedTensor): string {
    if (g.hasInitializer(tensor.name)) return tensor.name;
    const offset = Math.ceil(this.#sizeBytes / ALIGNMENT) * ALIGNMENT;
    const sizeBytes = tensor.dims.reduce((product, dim) => product * dim, TENSOR_TYPES[tensor.type].sizeBytes);
    this.#places.push({ ...tensor, offset });
    this.#sizeBytes = offset + sizeBytes;
    return g.initializer(tensor.name, tensor.type, tensor.dims, { file: this.#file, offset, sizeBytes });
  }

  write(path: string): void {
    const file = openSync(path, "w");
    try {
      for (const { offset, bytes } of this.#places) {
        let position = offset;
        for (const piece of bytes()) {
          for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at, piece.length - at, position + at);
          position += piece.length;
        }
      }
    } finally {
      closeSync(file);
    }
  }
}
