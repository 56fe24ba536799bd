import { softmax } from "../softmax.ts";
import { products, rowsOf, view, weightedSum } from "../vector.ts";

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
  /** [keys] Added to every logit of a key; nothing unless given. */
  readonly bias?: Float32Array;
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
  const { q, k, v, heads, kvHeads, headDim, isVisible, bias, reach } = attention;
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
      const scores = products(headKeys.slice(0, reach(query)), row);
      const seen = view(logits, query * headKeys.length, scores.length);
      seen.set(
        scores.map((score, key) =>
          isVisible[key] ? score / Math.sqrt(headDim) + (bias?.[key] ?? 0) : Number.NEGATIVE_INFINITY,
        ),
      );
      headOutputs[query]?.set(weightedSum(softmax(seen), headValues, headDim));
    }
    onHead?.(logits);
  }
  return result;
}

function everyNth<Row>(rows: readonly Row[], n: number, first: number): Row[] {
  return rows.filter((_, index) => index % n === first);
}
