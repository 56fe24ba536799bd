import { AimError } from "../errors.ts";

export interface Weight {
  /** Outermost first; a linear layer's is [outputs, inputs]. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A checkpoint's tensors by their Hugging Face names; undefined for one that it lacks. */
export type Weights = (name: string) => Weight | undefined;

/** The tensor `name`. Throws `invalid-model` where the checkpoint lacks it. */
export function need(weights: Weights, name: string): Weight {
  const weight = weights(name);
  if (!weight) throw new AimError("invalid-model", `the checkpoint has no tensor ${name}`);
  return weight;
}
