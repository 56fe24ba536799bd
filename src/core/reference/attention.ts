import { softmax } from "../softmax.ts";
import { addScaled, dot, rowsOf, view } from "../vector.ts";

export interface Attention {
  /** [queries, heads, headDim] */
  readonly q: Float32Array;
  /** [keys, kvHeads, headDim] */
  readonly k: Float32Array;
  /** [keys, kvHeads, headDim] */
  readonly v: Float32Array;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Whether a query may look at a key, both counted from the first row. */
export type Mask = (query: number, key: number) => boolean;

/**
 * softmax(q.k / sqrt(headDim)) v under `mask`, [queries, heads, headDim]; query head j reads key head floor(j * kvHeads / heads).
 *
 * A query that may look at nothing gets zeros. `onHead` sees each head's masked logits [queries, keys], -Infinity where hidden:
 * head by head, because all of them together would take gigabytes at real sizes.
 */
export function attend(attention: Attention, mask: Mask, onHead?: (logits: Float32Array) => void): Float32Array {
  const { q, k, v, heads, kvHeads, headDim } = attention;
  const result = new Float32Array(q.length);
  const queries = rowsOf(q, headDim); // [queries * heads]
  const keys = rowsOf(k, headDim); // [keys * kvHeads]
  const values = rowsOf(v, headDim);
  const outputs = rowsOf(result, headDim);
  for (let head = 0; head < heads; head++) {
    const kvHead = Math.floor((head * kvHeads) / heads);
    const headKeys = everyNth(keys, kvHeads, kvHead);
    const headValues = everyNth(values, kvHeads, kvHead);
    const headOutputs = everyNth(outputs, heads, head);
    const logits = new Float32Array(headOutputs.length * headKeys.length).fill(Number.NEGATIVE_INFINITY);
    for (const [query, row] of everyNth(queries, heads, head).entries()) {
      const rowLogits = view(logits, query * headKeys.length, headKeys.length);
      for (const [key, column] of headKeys.entries()) {
        if (mask(query, key)) rowLogits[key] = dot(row, column) / Math.sqrt(headDim);
      }
    }
    onHead?.(logits);
    for (const [query, rowLogits] of rowsOf(logits, headKeys.length).entries()) {
      headOutputs[query]?.set(mixValues(rowLogits, headValues, headDim));
    }
  }
  return result;
}

/** The values, weighted by the softmax of `logits`. */
function mixValues(logits: Float32Array, values: readonly Float32Array[], headDim: number): Float64Array {
  const weights = softmax(logits);
  const sum = new Float64Array(headDim);
  for (const [key, value] of values.entries()) {
    const weight = weights[key] ?? 0;
    if (weight > 0) addScaled(sum, weight, value);
  }
  return sum;
}

function everyNth<Row>(rows: readonly Row[], n: number, first: number): Row[] {
  return rows.filter((_, index) => index % n === first);
}
