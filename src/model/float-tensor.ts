import { AimError } from "#core/errors.ts";
import type { Ops } from "#onnx/ops.ts";
import { TENSOR_TYPES, type TensorType } from "#onnx/tensor-type.ts";
import type { NewTensor } from "./converted-file.ts";
import type { TensorEntry } from "./safetensors.ts";
import type { Weights } from "./weights.ts";

/** Where a floating-point tensor lies, and its type. Throws `invalid-model` if it is missing or has another shape or type. */
export function floatEntry(
  weights: Weights,
  name: string,
  shape: readonly number[],
): { entry: TensorEntry; type: TensorType } {
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
  const type = STORED_AS[entry.dtype];
  if (type === undefined) {
    throw new AimError("invalid-model", `${name} has type ${entry.dtype}`, {
      hint: "use a checkpoint in F32, F16 or BF16",
    });
  }
  return { entry, type };
}

const STORED_AS: Readonly<Record<string, TensorType>> = { F32: "float32", F16: "float16", BF16: "bfloat16" };

/** Where the bytes of a tensor lie. */
export type Place = Pick<TensorEntry, "offset" | "sizeBytes"> & { readonly file: string };

/** Adds a floating-point tensor and gives the name of its float32 form; 16 bits are widened by a Cast that ONNX Runtime folds at load. */
export function addFloat(
  g: Ops,
  tensor: { name: string; type: TensorType; dims: readonly number[] },
  place: Place,
): string {
  const { name, type, dims } = tensor;
  g.initializer(name, type, dims, place);
  return type === "float32"
    ? name
    : g.named(widenedName(name, type), "Cast", [name], { to: TENSOR_TYPES.float32.code });
}

/** What a tensor is called in float32, which addFloat made of it. */
export const widenedName = (name: string, type: TensorType) => (type === "float32" ? name : `${name}:float32`);

/** Bytes that are copied at once. */
const COPY_BYTES = 2 ** 22;

/** A tensor of the checkpoint as it is, to be copied into another file. Throws `invalid-model` unless it is F32, F16 or BF16. */
export function copyOf(weights: Weights, name: string): NewTensor {
  const { entry, type } = floatEntry(weights, name, weights.entry(name).shape);
  return { name, type, dims: entry.shape, chunks: () => storedBytes(weights, name, entry.sizeBytes) };
}

function* storedBytes(weights: Weights, name: string, sizeBytes: number): Iterable<Uint8Array> {
  for (let at = 0; at < sizeBytes; at += COPY_BYTES) {
    const bytes = new Uint8Array(Math.min(COPY_BYTES, sizeBytes - at));
    weights.readBytes(name, at, bytes);
    yield bytes;
  }
}
