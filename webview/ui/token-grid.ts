import type { FrameRecord, VisualRecord } from "#core/record.ts";

/** How strongly a dropped token is covered, 0 to 255. */
const COVER = 195;

/** The visual token at each cell of a frame, row-major [rows, columns]. */
export function frameTokens(frame: FrameRecord, visual: VisualRecord): Int32Array {
  return visual.mergedInto.subarray(frame.firstToken, frame.firstToken + frame.rows * frame.columns);
}

/** True where `token` is among those that enter `layer`. */
export function isPresent(visual: VisualRecord, token: number, layer: number): boolean {
  return (visual.lastLayer[token] ?? -1) >= layer;
}

/** How many visual tokens enter `layer`, newlines counted. */
export function countPresent(visual: VisualRecord, layer: number): number {
  return visual.lastLayer.reduce((sum, last) => sum + (last >= layer ? 1 : 0), 0);
}

/** One RGBA pixel a cell: white cover over the tokens that do not enter `layer`, nothing over the others. */
export function coverPixels(tokens: Int32Array, visual: VisualRecord, layer: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(tokens.length * 4);
  for (const [cell, token] of tokens.entries()) {
    if (!isPresent(visual, token, layer)) pixels.set([255, 255, 255, COVER], cell * 4);
  }
  return pixels;
}

/**
 * The borders between cells of different `label`, as an SVG path in units of cells; outside the grid the label is `outside`.
 *
 * Each straight border is one stroke, however many cells it passes.
 */
export function borderPath<Label>(
  grid: { readonly rows: number; readonly columns: number },
  label: (cell: number) => Label,
  outside: Label,
): string {
  const { rows, columns } = grid;
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= rows || column >= columns ? outside : label(row * columns + column);
  const strokes: string[] = [];
  for (let y = 0; y <= rows; y++) {
    for (const [x, length] of runs(columns, (column) => at(y - 1, column) !== at(y, column))) {
      strokes.push(`M${x} ${y}h${length}`);
    }
  }
  for (let x = 0; x <= columns; x++) {
    for (const [y, length] of runs(rows, (row) => at(row, x - 1) !== at(row, x))) strokes.push(`M${x} ${y}v${length}`);
  }
  return strokes.join("");
}

/** The start and length of each stretch of `count` places in which `isIn` holds. */
function runs(count: number, isIn: (place: number) => boolean): readonly (readonly [start: number, length: number])[] {
  const found: [number, number][] = [];
  let length = 0;
  for (let place = 0; place <= count; place++) {
    if (place < count && isIn(place)) length++;
    else if (length > 0) {
      found.push([place - length, length]);
      length = 0;
    }
  }
  return found;
}
