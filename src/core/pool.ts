import { AimError } from "./errors.ts";

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
}

/** Side of a video frame's grid after 2 x 2 pooling: 27 becomes 14. */
export function pooledSide(side: number): number {
  return Math.ceil(side / 2);
}

/**
 * Bilinear resize of `grid` [rows, columns, channels] to `to`: pixel centres are aligned (align_corners false), without
 * anti-aliasing, as PyTorch's `interpolate`.
 */
export function resizeGrid(grid: Float32Array, from: GridSize, to: GridSize): Float32Array {
  const channels = grid.length / (from.rows * from.columns);
  if (!Number.isInteger(channels)) {
    const size = `${from.rows} x ${from.columns}`;
    throw new AimError("invalid-argument", `grid must hold a multiple of ${size} values, got ${grid.length}`);
  }
  const rowTaps = tapsOf(from.rows, to.rows);
  const columnTaps = tapsOf(from.columns, to.columns);
  const resized = new Float32Array(to.rows * to.columns * channels);
  let target = 0;
  for (const row of rowTaps) {
    for (const column of columnTaps) {
      const topLeft = (row.low * from.columns + column.low) * channels;
      const topRight = (row.low * from.columns + column.high) * channels;
      const bottomLeft = (row.high * from.columns + column.low) * channels;
      const bottomRight = (row.high * from.columns + column.high) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const top = mix(grid[topLeft + channel] ?? 0, grid[topRight + channel] ?? 0, column.share);
        const bottom = mix(grid[bottomLeft + channel] ?? 0, grid[bottomRight + channel] ?? 0, column.share);
        resized[target++] = mix(top, bottom, row.share);
      }
    }
  }
  return resized;
}

const mix = (low: number, high: number, share: number) => low * (1 - share) + high * share;

/** For each position of the new axis: its two neighbours on the old one, and the share of the higher. */
function tapsOf(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const centre = Math.max(0, ((index + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(centre), from - 1);
    return { low, high: Math.min(low + 1, from - 1), share: centre - low };
  });
}
