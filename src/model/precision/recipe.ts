import type { Precision } from "#core/precision.ts";
import type { Ops } from "#onnx/ops.ts";
import type { TensorStore } from "../store.ts";

/** A linear layer as a checkpoint holds it: weight [outputs, inputs] and perhaps bias [outputs]. */
export interface LinearLayer {
  readonly weight: string;
  readonly bias?: string | undefined;
  readonly outputs: number;
  readonly inputs: number;
  /** Whether it only ever runs for one token, as the output layer does: more bits then cost nothing. */
  readonly isForOneToken?: boolean;
}

/** Values [n, ...] that are right once each row is multiplied by its `tokenScale` [n, 1]; undefined where they are right as they are. */
export interface ScaledRows {
  readonly values: string;
  readonly tokenScale: string | undefined;
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
  /** As `linear` for a layer without bias, but rows may still lack a factor: for what is linear in the result, and can apply the factor later on fewer values. */
  linearRows?(g: Ops, x: string, layer: LinearLayer, store: TensorStore): ScaledRows;
}

/** What `recipe.linearRows` gives, or else the finished product. */
export function linearRows(recipe: Recipe, g: Ops, x: string, layer: LinearLayer, store: TensorStore): ScaledRows {
  return (
    recipe.linearRows?.(g, x, layer, store) ?? { values: recipe.linear(g, x, layer, store), tokenScale: undefined }
  );
}

/** Adds the bias of `layer`, if it has one. */
export function addBias(g: Ops, x: string, layer: LinearLayer, store: TensorStore): string {
  return layer.bias === undefined ? x : g.add(x, store.float(g, layer.bias, [layer.outputs]));
}
