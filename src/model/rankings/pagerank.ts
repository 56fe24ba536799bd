import { one } from "#onnx/graph.ts";
import type { Ranking } from "./ranking.ts";

const ITERATIONS = 5;
const TEMPERATURE = 0.1;

/**
 * AIM's importance: PageRank over causal attention, all iterations in the one pass of the sweep.
 *
 * M = softmax(logits / 0.1) is lower triangular, so row block b of v(t) = v(t-1) M depends on blocks >= b only. Going from the last
 * block to the first, every v(t) of a block is final when the block is reached: what later blocks gave it has been summed up in the state
 * [heads, 5, end], and what it gives to earlier blocks is one product. M is never held whole. The plain form is core/importance.ts.
 *
 * float32 throughout, as the release: tokens whose squares underflow are ties, which go by position.
 */
export const pagerank: Ranking = {
  begin(g, { heads, count }) {
    return [g.expand(g.float(0), g.concat([g.ints(heads, ITERATIONS), count], 0))]; // given to v(1) .. v(5): [heads, 5, n]
  },

  visit(g, { logits, start, end }, state, { heads, count }) {
    const given = one(state, 0); // [heads, 5, end]
    const transition = g.softmax(g.mul(logits, g.float(1 / TEMPERATURE))); // [heads, block, end]
    const inside = g.slice(transition, 2, start, end); // [heads, block, block]
    const received = g.split(g.slice(given, 2, start, end), Array(ITERATIONS).fill(1), 1); // each [heads, 1, block]

    const uniform = g.div(g.float(1), g.cast(count, "float32")); // [1]
    const ranks = [g.expand(uniform, g.concat([g.ints(heads, 1), g.sub(end, start)], 0))]; // v(0): [heads, 1, block]
    for (const [t, fromLater] of received.entries()) ranks.push(g.add(g.matmul(one(ranks, t), inside), fromLater)); // v(t + 1)

    // The product with all of `transition`, of which the block's own columns are dropped: cutting them off before would copy the rest.
    const gives = g.slice(g.matmul(g.concat(ranks.slice(0, ITERATIONS), 1), transition), 2, 0, start); // [heads, 5, start]
    return { state: [g.add(g.slice(given, 2, 0, start), gives)], scores: g.squeeze(one(ranks, ITERATIONS), 1) };
  },

  finish(g, scores) {
    return g.sqrt(g.reduceMean(g.mul(scores, scores), [0], false)); // over heads: [n]
  },
};
