import { one } from "#onnx/graph.ts";
import type { Ranking } from "./ranking.ts";

/**
 * How much the last token attends to each, the mean over heads: the ranking of FastV and PyramidDrop.
 *
 * The block of the last queries comes first, so its last row is kept in the state; everything else passes by.
 */
export const lastQuery: Ranking = {
  begin: (g, { heads, count }) => [g.expand(g.float(0), g.concat([g.ints(heads), count], 0))], // [heads, n]

  visit(g, { probabilities, start, end, isLast }, state, { heads, count }) {
    const row = g.squeeze(g.slice(probabilities, 1, -1), 1); // [heads, end]
    const fill = g.concat([g.ints(0, 0, 0), g.sub(count, end)], 0);
    const received = g.where(isLast, g.node("Pad", [row, fill, g.float(0)]), one(state, 0)); // [heads, n]
    return { state: [received], scores: g.expand(g.float(0), g.concat([g.ints(heads), g.sub(end, start)], 0)) };
  },

  finish: (g, _scores, state) => g.reduceMean(one(state, 0), [0], false),
};
