import type { FrameRecord, VisualRecord } from "#core/record.ts";

/** The visual token at each cell of a frame, row-major [rows, columns]. */
export function frameTokens(frame: FrameRecord, visual: VisualRecord): Int32Array {
  return visual.mergedInto.subarray(frame.firstToken, frame.firstToken + frame.rows * frame.columns);
}

/** True where `token` is among those that enter `layer`. */
export function isPresent(visual: VisualRecord, token: number, layer: number): boolean {
  return (visual.lastLayer[token] ?? -1) >= layer;
}

/** How many encoded tokens a visual token stands for. */
export function countPatches(visual: VisualRecord, token: number): number {
  return visual.mergedInto.reduce((sum, other) => sum + (other === token ? 1 : 0), 0);
}

/** How many visual tokens enter `layer`, newlines counted. */
export function countPresent(visual: VisualRecord, layer: number): number {
  return visual.lastLayer.reduce((sum, last) => sum + (last >= layer ? 1 : 0), 0);
}

/** How far a cover reaches beyond the rim, in cells: pictures end at whole pixels, paths do not, and a light line would be left between. */
const RIM = 0.1;

/** The cells of a grid for which `isIn` holds, as an SVG path to fill in units of cells: one rectangle for each stretch of a row. */
export function coverPath(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  isIn: (cell: number) => boolean,
): string {
  const edge = (place: number, end: number) => (place === 0 ? -RIM : place === end ? end + RIM : place);
  const row = (y: number) =>
    runs(columns, (x) => isIn(y * columns + x)).map(([x, length]) => {
      const [left, right] = [edge(x, columns), edge(x + length, columns)];
      return `M${left} ${edge(y, rows)}H${right}V${edge(y + 1, rows)}H${left}z`;
    });
  return Array.from({ length: rows }, (_, y) => row(y).join("")).join("");
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
