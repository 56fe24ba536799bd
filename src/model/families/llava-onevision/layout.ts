import { type GridSize, pooledSide, resizeGrid } from "#core/pool.ts";
import { patchesPerSide, type VisionConfig } from "../../config.ts";
import type { PictureFeatures, VisualLayout } from "../../layout.ts";

/** What the order of tokens depends on. */
export interface LayoutConfig {
  readonly vision: VisionConfig;
  readonly maxCrops: number;
  /** The newline embedding, [channels]. */
  readonly newline: Float32Array;
}

/** A grid larger than the limit by less than this factor in its sides is left alone. */
const TOLERATED_EXCESS = 1.1;

/** A video: its pooled frames in order, closed by one newline. */
export function layOutVideo(frames: readonly Float32Array[], { vision, newline }: LayoutConfig): VisualLayout {
  const side = pooledSide(patchesPerSide(vision));
  return { groups: frames.map((features) => ({ kind: "frame", rows: side, columns: side, features })), end: newline };
}

/**
 * A picture by the any-resolution scheme: the base crop, then the grid of crops as one large picture, cut to what is not
 * padding, shrunk if it is too large, a newline after every row. Without a grid: the base crop and one newline.
 *
 * Source: LLaVA-OneVision, arXiv 2408.03326, and the layout of its Hugging Face model.
 */
export function layOutPicture(features: PictureFeatures, { vision, maxCrops, newline }: LayoutConfig): VisualLayout {
  const side = patchesPerSide(vision);
  const base = { kind: "base", rows: side, columns: side, features: features.base } as const;
  if (features.grid === undefined) return { groups: [base], end: newline };

  const { rows, columns, crops } = features.grid;
  const whole = { rows: rows * side, columns: columns * side };
  const joined = joinCrops(crops, side, { rows, columns }, vision.projected);
  const content = contentBox(whole, features);
  const cut = cropGrid(joined, whole, content, vision.projected);
  const size = limitSize(content, maxCrops * side ** 2) ?? { rows: content.rows, columns: content.columns };
  const grid = { kind: "grid", ...size, features: resizeGrid(cut, content, size), rowEnd: newline } as const;
  return { groups: [base, grid] };
}

/** Crops, each [side, side, channels], row by row -> one grid [rows * side, columns * side, channels]. */
function joinCrops(crops: readonly Float32Array[], side: number, grid: GridSize, channels: number): Float32Array {
  const joined = new Float32Array(crops.length * side * side * channels);
  const width = side * channels;
  for (const [index, crop] of crops.entries()) {
    const top = Math.floor(index / grid.columns) * side;
    const left = (index % grid.columns) * side;
    for (let y = 0; y < side; y++) {
      joined.set(crop.subarray(y * width, (y + 1) * width), ((top + y) * grid.columns * side + left) * channels);
    }
  }
  return joined;
}

interface Box extends GridSize {
  readonly top: number;
  readonly left: number;
}

/** The part of the grid that is picture: padding lies above and below, or left and right. */
function contentBox(grid: GridSize, { widthPx, heightPx }: { widthPx: number; heightPx: number }): Box {
  if (widthPx / heightPx > grid.columns / grid.rows) {
    const height = Math.floor(round7((heightPx * grid.columns) / widthPx));
    const padding = Math.floor((grid.rows - height) / 2);
    return { top: padding, left: 0, rows: grid.rows - 2 * padding, columns: grid.columns };
  }
  const width = Math.floor(round7((widthPx * grid.rows) / heightPx));
  const padding = Math.floor((grid.columns - width) / 2);
  return { top: 0, left: padding, rows: grid.rows, columns: grid.columns - 2 * padding };
}

/** The reference rounds to seven digits before it cuts off, so that 26.9999999 counts as 27. */
const round7 = (value: number) => Number(value.toFixed(7));

function cropGrid(grid: Float32Array, { columns }: GridSize, box: Box, channels: number): Float32Array {
  const cut = new Float32Array(box.rows * box.columns * channels);
  for (let y = 0; y < box.rows; y++) {
    const start = ((box.top + y) * columns + box.left) * channels;
    cut.set(grid.subarray(start, start + box.columns * channels), y * box.columns * channels);
  }
  return cut;
}

/** The size that a grid of more than `maxTokens` is shrunk to, in proportion; undefined if it may stay. */
function limitSize({ rows, columns }: GridSize, maxTokens: number): GridSize | undefined {
  const excess = Math.sqrt((rows * columns) / maxTokens);
  if (excess <= TOLERATED_EXCESS) return undefined;
  return { rows: Math.floor(rows / excess), columns: Math.floor(columns / excess) };
}
