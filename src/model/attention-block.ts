import type { Ops } from "#onnx/ops.ts";
import type { DecoderConfig } from "./config.ts";

/** Rotated queries [n, heads * headDim], rotated keys and values [n, kvHeads * headDim]. */
export interface Projections {
  readonly q: string;
  readonly k: string;
  readonly v: string;
}

export interface Attention {
  /** [n, heads * headDim] */
  readonly out: string;
  /** KV cache, each [1, kvHeads, length, headDim]. */
  readonly keys: string;
  readonly values: string;
}

const MASKED = -1e9;

/** What every block of queries reads. */
export interface BlockInputs {
  /** [kvHeads, heads / kvHeads, n, headDim], scaled */
  readonly queries: string;
  /** [kvHeads, headDim, past + n] */
  readonly keysT: string;
  /** [kvHeads, past + n, headDim] */
  readonly values: string;
  /** [block, block]: what hides later tokens of the same block. */
  readonly triangle: string;
}

/** A row of the projections as heads: [n, count * headDim] -> [count, n, headDim]. */
export function byHead(g: Ops, x: string, count: number, { headDim }: DecoderConfig): string {
  return g.transpose(g.reshape(x, [-1, count, headDim]), [1, 0, 2]);
}

/** Lays out queries [n, heads * headDim], and keys and values [kvHeads, past + n, headDim], for blocks of at most `blockSize` (int64 [1]) queries. */
export function blockInputs(
  g: Ops,
  { q, keys, values }: { q: string; keys: string; values: string },
  blockSize: string,
  config: DecoderConfig,
): BlockInputs {
  const { heads, kvHeads, headDim } = config;
  const scaled = g.mul(q, g.float(1 / Math.sqrt(headDim)));
  return {
    queries: g.reshape(byHead(g, scaled, heads, config), [kvHeads, heads / kvHeads, -1, headDim]),
    keysT: g.transpose(keys, [0, 2, 1]),
    values,
    triangle: g.node("Trilu", [g.expand(g.float(MASKED), g.concat([blockSize, blockSize], 0)), g.int(1)], { upper: 1 }),
  };
}

/** Which queries a block has, and how many keys lie before it; int64 [1] each. */
export interface BlockRange {
  readonly start: string;
  readonly end: string;
  /** Keys of the KV cache, which come before those of query 0; none if undefined. */
  readonly past?: string;
}

/** Attention of queries start .. end - 1 to the keys up to their own: logits and probabilities [heads, block, past + end], `out` [heads, block, headDim]. */
export function attendBlock(
  g: Ops,
  { queries, keysT, values, triangle }: BlockInputs,
  { start, end, past }: BlockRange,
  { heads, kvHeads, headDim }: DecoderConfig,
): { logits: string; probabilities: string; out: string } {
  const length = g.sub(end, start);
  const before = past === undefined ? start : g.add(past, start);
  const reach = past === undefined ? end : g.add(past, end);
  const rows = g.mul(length, g.ints(heads / kvHeads)); // queries of all heads that share a key head
  const shaped = (x: string, ...dims: readonly string[]) => g.reshape(x, g.concat(dims, 0));

  const queryRows = shaped(g.slice(queries, 2, start, end), g.ints(kvHeads), rows, g.ints(headDim));
  const raw = g.matmul(queryRows, g.slice(keysT, 2, 0, reach)); // [kvHeads, rows, reach]
  const corner = g.slice(g.slice(triangle, 0, 0, length), 1, 0, length);
  const mask = g.node("Pad", [corner, g.concat([g.ints(0), before, g.ints(0, 0)], 0), g.float(0)]); // [length, reach]
  const logits = g.add(shaped(raw, g.ints(heads), length, reach), mask); // [heads, length, reach]
  const probabilities = g.softmax(logits);
  const attended = g.matmul(shaped(probabilities, g.ints(kvHeads), rows, reach), g.slice(values, 1, 0, reach)); // [kvHeads, rows, headDim]
  return { logits, probabilities, out: shaped(attended, g.ints(heads), length, g.ints(headDim)) };
}
