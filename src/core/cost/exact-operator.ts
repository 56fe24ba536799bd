import type { BytesPerValue } from "./accelerators.ts";
import type { Stage } from "./report.ts";

/** The stages of a run whose time is measured and that compute: see StageTimes. */
export const TIMED_STAGES = ["vision", "merge", "prefill", "decode"] as const;
export type TimedStage = (typeof TIMED_STAGES)[number];

/** One operator of a run: at one layer of the LLM, or, where `layer` is null, outside its layers or over all layers of the vision tower. */
export interface ExactOperator {
  readonly stage: Stage;
  /** Into whose measured time it falls. */
  readonly during: TimedStage;
  readonly layer: number | null;
  readonly operator: string;
  readonly flops: number;
  /** Moved between memory and chip: weights, activations and KV cache, read and written, each operator for itself. */
  readonly bytes: number;
}

/** Where operators belong that are counted together. */
export type Place = Pick<ExactOperator, "stage" | "during" | "layer">;

/** How many values an operator moves. */
export interface Values {
  readonly weights?: number;
  readonly activations: number;
}

/** Makes a row; `bytesPer` turns values into bytes. */
export function operatorAt(
  { stage, during, layer }: Place,
  operator: string,
  flops: number,
  { weights = 0, activations }: Values,
  bytesPer: BytesPerValue,
): ExactOperator {
  const bytes = weights * bytesPer.weight + activations * bytesPer.activation;
  return { stage, during, layer, operator, flops, bytes }; // a spread of the place takes ten times as long
}

/** Linear layers, all over the same rows: 2 FLOPs per multiply-add; weights are read once a pass. */
export interface Rows {
  /** Tokens in all passes. */
  readonly rows: number;
  readonly passes: number;
}

/** A linear layer over `rows`. */
export function linearAt(
  place: Place,
  operator: string,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  { rows, passes }: Rows,
  bytesPer: BytesPerValue,
): ExactOperator {
  const values = { weights: inputs * outputs * passes, activations: (inputs + outputs) * rows };
  return operatorAt(place, operator, 2 * inputs * outputs * rows, values, bytesPer);
}

/** What attention reads: queries and keys in all passes, and how many pairs of them meet. */
export interface Pairs {
  readonly queries: number;
  readonly keys: number;
  readonly pairs: number;
  readonly heads: number;
  /** Channels of all query heads. */
  readonly width: number;
  /** Channels of all key heads. */
  readonly keyWidth: number;
}

/** q.k and the weighted sum of values, over all heads, in full. */
export function attentionAt(place: Place, pairs: Pairs, bytesPer: BytesPerValue): ExactOperator[] {
  const { queries, keys, heads, width, keyWidth } = pairs;
  const flops = 2 * pairs.pairs * width;
  const activations = width * queries + keyWidth * keys + heads * pairs.pairs;
  return ["qk_matmul", "sv_matmul"].map((name) => operatorAt(place, name, flops, { activations }, bytesPer));
}
