import { tokensLeft } from "../merge.ts";
import type { Method, PlainMerger } from "../method.ts";

/** As many tokens as merging would leave, each with the same chance. */
const dropAtRandom: PlainMerger = ({ values, rows, columns }, { retention }, random) => {
  const tokens = rows * columns;
  const channels = values.length / tokens;
  const lots = Float64Array.from({ length: tokens }, random);
  const drawn = Int32Array.from(lots.keys()).sort((a, b) => (lots[a] ?? 0) - (lots[b] ?? 0) || a - b);
  const positions = drawn.subarray(0, tokensLeft(tokens, retention)).sort();
  const kept = new Float32Array(positions.length * channels);
  const rowOf = new Int32Array(tokens).fill(-1);
  for (const [row, position] of positions.entries()) {
    kept.set(values.subarray(position * channels, (position + 1) * channels), row * channels);
    rowOf[position] = row;
  }
  return { values: kept, rows: rowOf, positions, grid: { rows, columns }, flops: 0 };
};

/** A baseline that a fair comparison needs; `seed` chooses what goes. */
export const random = {
  name: "random",
  help: "drops tokens of each frame at random before the LLM",
  merger: dropAtRandom,
  ranking: "none",
  reduction: (said, { merge }) => ({
    merge: { retention: said.merge?.retention ?? merge.retention, order: "spatial", weighting: "plain" },
    prune: said.prune ?? "off",
  }),
} as const satisfies Method;
