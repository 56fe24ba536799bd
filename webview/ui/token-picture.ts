import type { FrameRecord } from "#core/record.ts";

/** What the frames of a run show: each cell belongs to a token or a group of tokens, which has a colour or is gone. */
export interface TokenPicture {
  /** [encoded] To what each encoded token belongs; -1 for what was dropped before the LLM. */
  readonly ids: Int32Array;
  /** [ids] Colours in the byte order of ImageData; 0 shows the picture below as it is. */
  readonly colours: Uint32Array;
  /** [ids] 1 for what is not present, which is hatched. */
  readonly gone: Uint8Array;
  /** Whether a line is drawn around every region of one id. */
  readonly areBordersShown: boolean;
}

/** A run may claim frames of any size; larger ones are shown without their tokens. */
const MOST_CELLS = 2 ** 16;

/** `frame`, or one without cells if it has too many to draw. */
export function drawable(frame: FrameRecord): FrameRecord {
  return frame.rows * frame.columns <= MOST_CELLS ? frame : { ...frame, rows: 0, columns: 0 };
}

/** [rows, columns] The ids of a frame's cells. */
export function frameIds({ firstToken, rows, columns }: FrameRecord, ids: Int32Array): Int32Array {
  return ids.subarray(firstToken, firstToken + rows * columns);
}

/** Writes the colour of every cell into `pixels`, and 1 into `mask` where a cell is hatched. Gives whether `mask` changed. */
export function fillCells(
  ids: Int32Array,
  picture: TokenPicture,
  pixels: Uint32Array,
  mask: Uint8Array,
): { readonly isMaskNew: boolean; readonly isHatched: boolean } {
  let [isMaskNew, isHatched] = [false, false];
  for (let cell = 0; cell < ids.length; cell++) {
    const id = ids[cell] ?? -1;
    const gone = id < 0 ? 1 : (picture.gone[id] ?? 0);
    pixels[cell] = gone === 1 ? 0 : (picture.colours[id] ?? 0);
    if (mask[cell] !== gone) isMaskNew = true;
    if (gone === 1) isHatched = true;
    mask[cell] = gone;
  }
  return { isMaskNew, isHatched };
}
