import type { FrameRecord } from "#core/record.ts";

/** A cell, row-major, of a frame of a strip. */
export interface CellPlace {
  readonly frame: number;
  readonly cell: number;
}

/**
 * Where a key leads from `place`: arrows by one cell, past the left or right edge into the same row of the next frame; Home and End to the first
 * and last frame; Escape to nowhere. From nowhere every one of them but Escape leads to the first cell. Any other key, or the end of the road, gives `place`.
 */
export function moveCell(
  frames: readonly FrameRecord[],
  place: CellPlace | undefined,
  key: string,
): CellPlace | undefined {
  if (key === "Escape") return undefined;
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key)) return place;
  if (!place) return frames.length > 0 ? { frame: 0, cell: 0 } : undefined;
  const frame = frames[place.frame];
  if (!frame) return undefined;
  const row = Math.floor(place.cell / frame.columns);
  const column = place.cell % frame.columns;
  if (key === "Home") return at(frames, 0, 0, 0);
  if (key === "End") return at(frames, frames.length - 1, 0, 0);
  if (key === "ArrowUp") return row > 0 ? { ...place, cell: place.cell - frame.columns } : place;
  if (key === "ArrowDown") return row < frame.rows - 1 ? { ...place, cell: place.cell + frame.columns } : place;
  if (key === "ArrowLeft") {
    return (
      (column > 0
        ? at(frames, place.frame, row, column - 1)
        : at(frames, place.frame - 1, row, Number.POSITIVE_INFINITY)) ?? place
    );
  }
  return (
    (column < frame.columns - 1 ? at(frames, place.frame, row, column + 1) : at(frames, place.frame + 1, row, 0)) ??
    place
  );
}

/** The cell of a frame, or its nearest; undefined where there is no such frame. */
function at(frames: readonly FrameRecord[], index: number, row: number, column: number): CellPlace | undefined {
  const frame = frames[index];
  if (!frame) return undefined;
  return { frame: index, cell: Math.min(row, frame.rows - 1) * frame.columns + Math.min(column, frame.columns - 1) };
}
