import { one } from "#onnx/graph.ts";
import type { Ops } from "#onnx/ops.ts";
import type { DecoderConfig } from "./config.ts";
import type { PromptShape, Ranking } from "./rankings/ranking.ts";

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

/**
 * Causal attention over a whole prompt in blocks of queries, last block first, with a ranking that sees every block once.
 *
 * Only the causal prefix of each block is computed and nothing of size [heads, n, n] is held, so that importance comes nearly free.
 * `blockSize` (int64 [1]) is the number of queries in a block; the block of the first queries may be smaller.
 *
 * A Loop, not unrolled blocks: the graph is a twentieth of the size, opens as much faster, and the number of blocks is free.
 */
export function sweep(
  g: Ops,
  { q, k, v }: Projections,
  config: DecoderConfig,
  { blockSize, ranking }: { blockSize: string; ranking: Ranking },
): Attention & { readonly importance: string } {
  const { heads, kvHeads, headDim } = config;
  const byHead = (x: string, count: number) => g.transpose(g.reshape(x, [-1, count, headDim]), [1, 0, 2]); // [count, n, headDim]
  const scaled = g.mul(q, g.float(1 / Math.sqrt(headDim)));
  const keys = byHead(k, kvHeads);
  const values = byHead(v, kvHeads);
  const inputs: SweepInputs = {
    queries: g.reshape(byHead(scaled, heads), [kvHeads, heads / kvHeads, -1, headDim]),
    keysT: g.transpose(keys, [0, 2, 1]), // [kvHeads, headDim, n]
    values,
    triangle: g.node("Trilu", [g.expand(g.float(MASKED), g.concat([blockSize, blockSize], 0)), g.int(1)], { upper: 1 }),
    blockSize,
  };
  const prompt = { heads, count: g.sizeOf(q, 0) };
  const trips = g.div(g.sub(g.add(prompt.count, blockSize), g.ints(1)), blockSize);
  const initial = ranking.begin(g, prompt);
  const body = sweepBody(g.branch("block"), inputs, config, ranking, prompt, initial.length);
  const results = g.loop(trips, initial, body);
  const state = results.slice(0, initial.length);

  // [blocks, heads, block, ...], last block first and each filled up in front -> [heads, n, ...].
  const assemble = (blocks: string, width: number) => {
    const rows = g.node("ReverseSequence", [blocks, g.expand(trips, g.sizeOf(blocks, 1))], {
      batch_axis: 1,
      time_axis: 0,
    });
    const joined = g.reshape(g.transpose(rows, [1, 0, 2, 3]), [heads, -1, width]);
    return g.slice(joined, 1, g.sub(g.sizeOf(joined, 1), prompt.count));
  };
  const out = assemble(one(results, initial.length), headDim); // [heads, n, headDim]
  const scores = g.squeeze(assemble(one(results, initial.length + 1), 1), 2); // [heads, n]
  return {
    out: g.reshape(g.transpose(out, [1, 0, 2]), [-1, heads * headDim]),
    keys: g.unsqueeze(keys, 0),
    values: g.unsqueeze(values, 0),
    importance: ranking.finish(g, scores, state, prompt),
  };
}

interface SweepInputs {
  /** [kvHeads, heads / kvHeads, n, headDim], scaled */
  readonly queries: string;
  readonly keysT: string;
  readonly values: string;
  /** [block, block]: what hides later tokens of the same block. */
  readonly triangle: string;
  readonly blockSize: string;
}

/** One block: attention of its queries to the causal prefix. Results: the ranking's state, then [heads, block, headDim] and [heads, block, 1]. */
function sweepBody(
  body: Ops,
  { queries, keysT, values, triangle, blockSize }: SweepInputs,
  { heads, kvHeads, headDim }: DecoderConfig,
  ranking: Ranking,
  prompt: PromptShape,
  states: number,
): Ops {
  const { iteration, carried } = body.loopBody(states);
  const end = body.sub(prompt.count, body.mul(iteration, blockSize));
  const start = body.max(body.sub(end, blockSize), body.ints(0));
  const length = body.sub(end, start);
  const rows = body.mul(length, body.ints(heads / kvHeads)); // queries of all heads that share a key head
  const shaped = (x: string, ...dims: readonly string[]) => body.reshape(x, body.concat(dims, 0));

  const queryRows = shaped(body.slice(queries, 2, start, end), body.ints(kvHeads), rows, body.ints(headDim));
  const raw = body.matmul(queryRows, body.slice(keysT, 2, 0, end)); // [kvHeads, rows, end]
  const corner = body.slice(body.slice(triangle, 0, 0, length), 1, 0, length);
  const mask = body.node("Pad", [corner, body.concat([body.ints(0), start, body.ints(0, 0)], 0), body.float(0)]); // [length, end]
  const logits = body.add(shaped(raw, body.ints(heads), length, end), mask); // [heads, length, end]
  const probabilities = body.softmax(logits);
  const attended = body.matmul(shaped(probabilities, body.ints(kvHeads), rows, end), body.slice(values, 1, 0, end)); // [kvHeads, rows, headDim]

  const isLast = body.equal(iteration, body.ints(0));
  const visited = ranking.visit(body, { logits, probabilities, start, end, isLast }, carried, prompt);
  const fill = body.concat([body.ints(0), body.sub(blockSize, length), body.ints(0, 0, 0, 0)], 0);
  const filled = (x: string) => body.node("Pad", [x, fill, body.float(0)]); // [heads, block, width]
  const out = filled(shaped(attended, body.ints(heads), length, body.ints(headDim)));
  body.loopResults([...visited.state, out, filled(body.unsqueeze(visited.scores, 2))]);
  return body;
}
