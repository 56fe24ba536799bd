import { AimError } from "./errors.ts";
import { softmax } from "./softmax.ts";
import { rowsOf } from "./vector.ts";

/** What the release uses, at every layer. */
const ITERATIONS = 5;
const TEMPERATURE = 0.1;

/**
 * How much each token matters to the others at one layer, [tokens]: PageRank without damping over the attention, five steps from the
 * uniform distribution, then the root mean square over heads.
 *
 * `logits` [heads, tokens, tokens] are q.k / sqrt(headDim) under the causal mask, row = query. A masked column gets 0; a row that
 * sees nothing passes nothing on. Ranks are float64; for their squares see rootMeanSquare.
 * Source: AIM, arXiv 2412.03248.
 */
export function importance(logits: Float32Array, heads: number, tokens: number): Float64Array {
  if (logits.length !== heads * tokens * tokens) {
    const shape = `${heads} x ${tokens} x ${tokens}`;
    throw new AimError("invalid-argument", `logits must hold ${shape} values, got ${logits.length}`);
  }
  return rootMeanSquare(rowsOf(logits, tokens * tokens).map((head) => pageRank(head, tokens)));
}

/** The rank of each token under one head's masked `logits` [tokens, tokens]. */
export function pageRank(logits: Float32Array, tokens: number): Float64Array {
  const transition = rowsOf(logits, tokens).map((row) => softmax(row, TEMPERATURE));
  let rank = new Float64Array(tokens).fill(1 / tokens);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) rank = step(rank, transition);
  return rank;
}

/** One step of the walk: `rank` times the matrix of `transition` rows. */
function step(rank: Float64Array, transition: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const next = new Float64Array(rank.length);
  for (const [query, row] of transition.entries()) {
    const share = rank[query] ?? 0;
    for (let key = 0; key < next.length; key++) next[key] = (next[key] ?? 0) + share * (row[key] ?? 0);
  }
  return next;
}

/**
 * Root mean square over heads, [tokens]. A square too small for float32 is zero, as in the release: such tokens are ties, which go by
 * position. More precision would rank them, but not as the release does.
 */
export function rootMeanSquare(heads: readonly Float64Array[]): Float64Array {
  const tokens = heads[0]?.length ?? 0;
  const square = (value: number) => (Math.fround(value ** 2) === 0 ? 0 : value ** 2);
  return Float64Array.from({ length: tokens }, (_, token) => {
    return Math.sqrt(heads.reduce((sum, rank) => sum + square(rank[token] ?? 0), 0) / heads.length);
  });
}
