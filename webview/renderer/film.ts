import type { FrameRecord } from "#core/record.ts";

/** Height of a picture in a strip, in CSS pixels; a few have room to be larger. */
const TILE_PX = 96;
const LARGE_TILE_PX = 208;
/** A caption needs as much, however narrow the picture is. */
const LEAST_TILE_WIDTH_PX = 80;
const GAP_PX = 8;

/** Frames that a strip shows before one asks for all. */
const MOST_SHOWN = 48;
/** More than any setting allows; a file that claims more was not made by us. */
const MOST_FRAMES = 1024;

/** Height of the pictures of `frames` frames. */
export function tileHeight(frames: number): number {
  return frames <= 2 ? LARGE_TILE_PX : TILE_PX;
}

/** Some of many frames, evenly spread. Records that are short of space keep the pictures of every second, fourth ... frame, so these are shown. */
export function shownFrames(frames: readonly FrameRecord[], isWhole: boolean): readonly FrameRecord[] {
  if (isWhole) return frames.slice(0, MOST_FRAMES);
  let every = 1;
  while (frames.length > MOST_SHOWN * every) every *= 2;
  return frames.filter((_, index) => index % every === 0);
}

/** How many pictures of `frames` a row of `widthPx` has room for, whole. */
export function tilesInRow(frames: number, aspect: number, widthPx: number): number {
  const tile = Math.max(LEAST_TILE_WIDTH_PX, tileHeight(frames) * aspect);
  return Math.max(1, Math.floor((widthPx + GAP_PX) / (tile + GAP_PX)));
}
