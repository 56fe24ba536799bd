import type { Precision } from "#core/precision.ts";
import type { Ops } from "#onnx/ops.ts";
import type { TensorStore } from "../store.ts";

/** A linear layer as a checkpoint holds it: weight [outputs, inputs] and perhaps bias [outputs]. */
export interface LinearLayer {
  readonly weight: string;
  readonly bias?: string | undefined;
  readonly outputs: number;
  readonly inputs: number;
}

/**
 * How the linear layers of a model are stored and multiplied.
 *
 * `linear` adds the nodes for x [n, inputs] -> [n, outputs], taking its tensors from `store`. Several layers may read one x.
 */
export interface Recipe {
  readonly name: Precision;
  /** Raised when the same weights are converted to other values than before. */
  readonly version: number;
  /** Whether the checkpoint's own files serve as they are; if not, tensors are converted once to a file of their own. */
  readonly isInPlace: boolean;
  linear(g: Ops, x: string, layer: LinearLayer, store: TensorStore): string;
}

/** Adds the bias of `layer`, if it has one. */
export function addBias(g: Ops, x: string, layer: LinearLayer, store: TensorStore): string {
  return layer.bias === undefined ? x : g.add(x, store.float(g, layer.bias, [layer.outputs]));
}
