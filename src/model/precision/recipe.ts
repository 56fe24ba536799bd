import type { Ops } from "#onnx/ops.ts";
import type { TensorStore } from "../store.ts";

/** A linear layer as a checkpoint holds it: weight [out, in] and perhaps bias [out]. */
export interface LinearLayer {
  readonly weight: string;
  readonly bias?: string | undefined;
}

/**
 * How the linear layers of a model are stored and multiplied.
 *
 * `linear` adds the nodes for x [n, in] -> [n, out], taking its tensors from `store`. Several layers may read one x.
 */
export interface Recipe {
  readonly name: "f32" | "q8" | "int8";
  /** Whether the checkpoint's own files serve as they are; if not, tensors are converted once to a file of their own. */
  readonly isInPlace: boolean;
  linear(g: Ops, x: string, layer: LinearLayer, store: TensorStore): string;
}

/** Adds the bias of `layer`, if it has one. */
export function addBias(g: Ops, x: string, layer: LinearLayer, store: TensorStore): string {
  return layer.bias === undefined ? x : g.add(x, store.float(g, layer.bias));
}
