import { one } from "#onnx/graph.ts";
import type { Ops } from "#onnx/ops.ts";
import {
  type Attention,
  attendBlock,
  type BlockInputs,
  blockInputs,
  byHead,
  type Projections,
} from "./attention-block.ts";
import type { AttentionForm } from "./attention-form.ts";
import type { DecoderConfig } from "./config.ts";
import type { PromptShape, Ranking } from "./rankings/ranking.ts";
import { unrolledBlocks } from "./unrolled.ts";

interface SweepOptions {
  /** Queries in a block, int64 [1]; where blocks are unrolled, their number is fixed instead. */
  readonly blockSize: string;
  readonly ranking: Ranking;
  readonly form: AttentionForm["sweep"];
}

/**
 * Causal attention over a whole prompt in blocks of queries, last block first, with a ranking that sees every block once.
 *
 * Only the causal prefix of each block is computed and nothing of size [heads, n, n] is held, so that importance comes nearly free.
 */
export function sweep(
  g: Ops,
  { q, k, v }: Projections,
  config: DecoderConfig,
  { blockSize, ranking, form }: SweepOptions,
): Attention & { readonly importance: string } {
  const { heads, kvHeads, headDim } = config;
  const keys = byHead(g, k, kvHeads, config);
  const values = byHead(g, v, kvHeads, config);
  const prompt = { heads, count: g.sizeOf(q, 0) };
  const swept =
    form === "loop"
      ? loop(g, blockInputs(g, { q, keys, values }, blockSize, config), { config, ranking, prompt, blockSize })
      : unrolled(g, { q, keys, values }, { config, ranking, prompt });
  return {
    out: g.reshape(g.transpose(swept.out, [1, 0, 2]), [-1, heads * headDim]),
    keys: g.unsqueeze(keys, 0),
    values: g.unsqueeze(values, 0),
    importance: ranking.finish(g, swept.scores, swept.state, prompt),
  };
}

/** What a sweep ranks where only its attention is wanted. */
const NOTHING: Ranking = {
  begin: () => [],
  visit: (g, { probabilities }) => ({ state: [], scores: g.squeeze(g.slice(probabilities, 2, 0, 1), 2) }),
  finish: (_g, scores) => scores,
};

/** The attention of a sweep in a Loop, without a ranking. */
export function loopAttention(g: Ops, projections: Projections, config: DecoderConfig, blockSize: string): Attention {
  return sweep(g, projections, config, { blockSize, ranking: NOTHING, form: "loop" });
}

interface SweepContext {
  readonly config: DecoderConfig;
  readonly ranking: Ranking;
  readonly prompt: PromptShape;
}

/** Of all blocks: attention [heads, n, headDim], scores [heads, n] and the last state of the ranking. */
interface Swept {
  readonly out: string;
  readonly scores: string;
  readonly state: readonly string[];
}

/** The blocks one after the other in the graph: everything stays on the device. */
function unrolled(g: Ops, tensors: { q: string; keys: string; values: string }, context: SweepContext): Swept {
  const { config, ranking, prompt } = context;
  const { largest, ranges } = unrolledBlocks(g, prompt.count);
  const inputs = blockInputs(g, tensors, largest, config);
  let state = ranking.begin(g, prompt);
  const outs: string[] = [];
  const scores: string[] = [];
  for (const { start, end } of ranges) {
    const { out, ...block } = attendBlock(g, inputs, { start, end }, config);
    const isLast = g.equal(end, prompt.count);
    const visited = ranking.visit(g, { ...block, start, end, isLast }, state, prompt);
    state = visited.state;
    outs.unshift(out);
    scores.unshift(visited.scores);
  }
  return { out: g.concat(outs, 1), scores: g.concat(scores, 1), state };
}

/**
 * The blocks as the turns of a Loop: the graph is a twentieth of the size, opens as much faster, and the number of blocks is free.
 * The block of the first queries may be smaller than the others.
 */
function loop(g: Ops, inputs: BlockInputs, context: SweepContext & { readonly blockSize: string }): Swept {
  const { config, ranking, prompt, blockSize } = context;
  const trips = g.div(g.sub(g.add(prompt.count, blockSize), g.ints(1)), blockSize);
  const initial = ranking.begin(g, prompt);
  const body = loopBody(g.branch("block"), inputs, context, initial.length);
  const results = g.loop(trips, initial, body);

  // [blocks, heads, block, ...], last block first and each filled up in front -> [heads, n, ...].
  const assemble = (blocks: string, width: number) => {
    const rows = g.node("ReverseSequence", [blocks, g.expand(trips, g.sizeOf(blocks, 1))], {
      batch_axis: 1,
      time_axis: 0,
    });
    const joined = g.reshape(g.transpose(rows, [1, 0, 2, 3]), [config.heads, -1, width]);
    return g.slice(joined, 1, g.sub(g.sizeOf(joined, 1), prompt.count));
  };
  return {
    out: assemble(one(results, initial.length), config.headDim),
    scores: g.squeeze(assemble(one(results, initial.length + 1), 1), 2),
    state: results.slice(0, initial.length),
  };
}

/** One turn. Results: the ranking's state, then [heads, block, headDim] and [heads, block, 1]. */
function loopBody(
  body: Ops,
  inputs: BlockInputs,
  { config, ranking, prompt, blockSize }: SweepContext & { readonly blockSize: string },
  states: number,
): Ops {
  const { iteration, carried } = body.loopBody(states);
  const end = body.sub(prompt.count, body.mul(iteration, blockSize));
  const start = body.max(body.sub(end, blockSize), body.ints(0));
  const { out, ...block } = attendBlock(body, inputs, { start, end }, config);
  const isLast = body.equal(iteration, body.ints(0));
  const visited = ranking.visit(body, { ...block, start, end, isLast }, carried, prompt);
  const missing = body.sub(blockSize, body.sub(end, start));
  const fill = body.concat([body.ints(0), missing, body.ints(0, 0, 0, 0)], 0);
  const filled = (x: string) => body.node("Pad", [x, fill, body.float(0)]); // [heads, block, width]
  body.loopResults([...visited.state, filled(out), filled(body.unsqueeze(visited.scores, 2))]);
  return body;
}
