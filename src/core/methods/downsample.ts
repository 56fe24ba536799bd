import type { Method, PlainMerger } from "../method.ts";
import type { GridSize } from "../pool.ts";
import { addScaled, rowsOf } from "../vector.ts";

/** Averages the tokens that fall into each cell of a coarser grid. */
const average: PlainMerger = ({ values, rows, columns }, { retention }) => {
  const tokens = rows * columns;
  const channels = values.length / tokens;
  const grid = coarser({ rows, columns }, retention);
  const cells = grid.rows * grid.columns;
  const cellOf = Int32Array.from({ length: tokens }, (_, token) => {
    const [row, column] = [Math.floor(token / columns), token % columns];
    return Math.floor((row * grid.rows) / rows) * grid.columns + Math.floor((column * grid.columns) / columns);
  });
  const sizes = new Int32Array(cells);
  for (const cell of cellOf) sizes[cell] = (sizes[cell] ?? 0) + 1;
  const means = Array.from(sizes, () => new Float64Array(channels));
  for (const [token, value] of rowsOf(values, channels).entries()) {
    const cell = cellOf[token] ?? 0;
    addScaled(means[cell] ?? new Float64Array(), 1 / (sizes[cell] ?? 1), value);
  }
  const pooled = Float32Array.from(means.flatMap((mean) => [...mean]));
  return { values: pooled, rows: cellOf, positions: Int32Array.from(sizes.keys()), grid, flops: 2 * tokens * channels };
};

/** The grid of about the same shape whose size is nearest to the retention's share. */
function coarser({ rows, columns }: GridSize, retention: number): GridSize {
  const fewer = Math.max(1, Math.round(rows * Math.sqrt(retention)));
  return { rows: fewer, columns: Math.min(columns, Math.max(1, Math.round((rows * columns * retention) / fewer))) };
}

/** A baseline that a fair comparison needs: average pooling. */
export const downsample = {
  name: "downsample",
  help: "averages the tokens of each frame on a coarser grid before the LLM",
  merger: average,
  ranking: "none",
  reduction: (said, { merge }) => ({
    merge: { retention: said.merge?.retention ?? merge.retention, order: "spatial", weighting: "plain" },
    prune: said.prune ?? "off",
  }),
} as const satisfies Method;
