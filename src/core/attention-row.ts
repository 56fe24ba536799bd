import { AimError } from "./errors.ts";
import { softmax } from "./softmax.ts";
import { products, rowsOf, view } from "./vector.ts";

/** What one token looked at in one layer. */
export interface AttentionRow {
  /** [heads, headDim], rotated. */
  readonly query: Float32Array;
  /** [kvHeads, tokens, headDim], rotated; a KV cache as it is. */
  readonly keys: Float32Array;
  readonly kvHeads: number;
  readonly headDim: number;
  /** How many tokens, from the first on, the query saw: those before it, and itself. */
  readonly reach: number;
}

/**
 * softmax(q.k / sqrt(headDim)), [heads, reach]: every head's shares add up to 1. Query head j reads key head floor(j * kvHeads / heads).
 *
 * Throws `invalid-argument` if the arrays do not fit the sizes.
 */
export function attentionRow({ query, keys, kvHeads, headDim, reach }: AttentionRow): Float32Array {
  const heads = query.length / headDim;
  const tokens = keys.length / (kvHeads * headDim);
  if (!Number.isInteger(heads / kvHeads) || !Number.isInteger(tokens) || reach > tokens) {
    throw new AimError(
      "invalid-argument",
      `query, keys and reach must fit ${kvHeads} key heads of ${headDim}, got ${query.length}, ${keys.length} and ${reach}`,
    );
  }
  const shares = new Float32Array(heads * reach);
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    const seen = rowsOf(view(keys, kvHead * tokens * headDim, reach * headDim), headDim); // [reach][headDim]
    for (let head = (kvHead * heads) / kvHeads; head < ((kvHead + 1) * heads) / kvHeads; head++) {
      const scores = products(seen, view(query, head * headDim, headDim)).map((score) => score / Math.sqrt(headDim));
      shares.set(softmax(Float32Array.from(scores)), head * reach);
    }
  }
  return shares;
}
