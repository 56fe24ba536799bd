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
  /** [keys] 1 where queries may look. */
  readonly isVisible: Uint8Array;
  /** How many keys, from the first on, the query may look at. */
  readonly reach: (query: number) => number;
}

/**
 * softmax(q.k / sqrt(headDim)) v, [queries, heads, headDim]; query head j reads key head floor(j * kvHeads / heads).
 *
 * A query that may look at nothing gets zeros. `onHead` sees each head's masked logits [queries, keys], -Infinity where hidden:
 * head by head, because all of them together would take gigabytes at real sizes.
 */
export function attend(attention: Attention, onHead?: (logits: Float32Array) => void): Float32Array {
  const { q, k, v, heads, kvHeads, headDim, isVisible, reach } = attention;
  const result = new Float32Array(q.length);
  const queries = rowsOf(q, headDim); // [queries * heads]
  const outputs = rowsOf(result, headDim);
  const [keys, values] = [rowsOf(k, headDim), rowsOf(v, headDim)]; // [keys * kvHeads]
  for (let head = 0; head < heads; head++) {
    const kvHead = Math.floor((head * kvHeads) / heads);
    const headKeys = everyNth(keys, kvHeads, kvHead);
    const headValues = everyNth(values, kvHeads, kvHead);
    const headOutputs = everyNth(outputs, heads, head);
    const logits = new Float32Array(headOutputs.length * headKeys.length).fill(Number.NEGATIVE_INFINITY);
    for (const [query, row] of everyNth(queries, heads, head).entries()) {
      const seen = view(logits, query * headKeys.length, reach(query));
      score(row, headKeys, isVisible, seen);
      headOutputs[query]?.set(mix(softmax(seen), headValues, headDim));
    }
    onHead?.(logits);
  }
  return result;
}

/** Fills `logits` with the scaled products of one query and as many keys, except those that are hidden. */
function score(query: Float32Array, keys: readonly Float32Array[], isVisible: Uint8Array, logits: Float32Array): void {
  const scale = 1 / Math.sqrt(query.length);
  for (let i = 0; i < logits.length; i++) {
    const key = keys[i];
    if (key && isVisible[i]) logits[i] = dot(query, key) * scale;
  }
}

/** The sum of `values`, each times its weight. */
function mix(weights: Float64Array, values: readonly Float32Array[], headDim: number): Float64Array {
  const sum = new Float64Array(headDim);
  for (let key = 0; key < weights.length; key++) {
    const value = values[key];
    if (value) addScaled(sum, weights[key] ?? 0, value);
  }
  return sum;
}

function everyNth<Row>(rows: readonly Row[], n: number, first: number): Row[] {
  return rows.filter((_, index) => index % n === first);
}
