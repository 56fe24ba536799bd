import { patchesPerSide, type VisionConfig } from "../../config.ts";
import type { PictureFeatures, TokenGroup, VisualLayout } from "../../layout.ts";

/**
 * A picture: its patches, row by row. A class token that is kept comes before them and is merged with none of them.
 *
 * `base` is [tokens, hidden and hidden]: what the tower gave for a token, and the keys by which tokens are merged.
 */
export function layOutPicture({ base }: PictureFeatures, vision: VisionConfig): VisualLayout {
  const { hidden } = vision;
  const side = patchesPerSide(vision);
  const tokens = base.length / (2 * hidden);
  const features = columnsOf(base, 2 * hidden, 0, hidden);
  const metric = columnsOf(base, 2 * hidden, hidden, 2 * hidden);
  const group = (first: number, rows: number, columns: number): TokenGroup => {
    const [start, end] = [first * hidden, (first + rows * columns) * hidden];
    return {
      kind: "base",
      rows,
      columns,
      features: features.subarray(start, end),
      metric: metric.subarray(start, end),
    };
  };
  const first = tokens - side ** 2;
  return { groups: [...(first > 0 ? [group(0, first, 1)] : []), group(first, side, side)] };
}

/** Columns `start` to `end` of a matrix [rows, width], as one of their own. */
function columnsOf(matrix: Float32Array, width: number, start: number, end: number): Float32Array {
  const rows = matrix.length / width;
  const columns = new Float32Array(rows * (end - start));
  for (let row = 0; row < rows; row++) {
    columns.set(matrix.subarray(row * width + start, row * width + end), row * (end - start));
  }
  return columns;
}
