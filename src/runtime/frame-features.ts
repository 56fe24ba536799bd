import type { VisionShape } from "#core/cost/shape.ts";
import { frameDifference, type PixelGrid } from "#core/frame-difference.ts";
import type { PixelConfig } from "#media/preprocess.ts";
import { VISION } from "#model/family.ts";
import type { Tower } from "./tower.ts";

/** What decides whether a frame is encoded. */
export interface SimilarFrames {
  /** VisionSettings.similar. */
  readonly similar: number;
  readonly grid: PixelGrid;
}

/** Blocks of half a patch: finer than the tower looks, so that what moves inside a patch is noticed. */
export function pixelGrid({ size, std, rescaleFactor }: PixelConfig, { patchSizePx }: VisionShape): PixelGrid {
  return {
    widthPx: size.width,
    heightPx: size.height,
    blockPx: Math.max(1, Math.floor(patchSizePx / 2)),
    levelsPerUnit: std.map((spread) => spread / rescaleFactor),
  };
}

/**
 * The features of a video's frames, in their order. A frame of the very same pixels as an earlier one takes its features, and one that is similar enough
 * to the last encoded one takes those: never to one that took features itself, so that a slow drift adds up until it is noticed.
 */
export class FrameFeatures {
  readonly #tower: Tower;
  readonly #rule: SimilarFrames;
  readonly #places = new Map<string, number>();
  #last: { readonly values: Float32Array; readonly place: number } | undefined;
  /** [frames] */
  readonly all: Float32Array[] = [];

  constructor(tower: Tower, rule: SimilarFrames) {
    this.#tower = tower;
    this.#rule = rule;
  }

  /** Frames with features of their own. */
  get own(): number {
    return this.#places.size;
  }

  /** Adds the features of the next frame, pixels [3, size, size]; gives the place of the frame from which it has them, if they are not its own. */
  async add(values: Float32Array): Promise<number | undefined> {
    const key = this.#tower.key(values, VISION.frame);
    const same = this.#places.get(key);
    if (same !== undefined) this.#last = { values, place: same };
    const taken = same ?? this.#similarPlace(values);
    if (taken !== undefined) {
      this.all.push(this.all[taken] ?? new Float32Array());
      return taken;
    }
    const place = this.all.length;
    this.all.push(await this.#tower.features(values, VISION.frame, key));
    this.#places.set(key, place);
    this.#last = { values, place };
    return undefined;
  }

  #similarPlace(values: Float32Array): number | undefined {
    const { similar, grid } = this.#rule;
    if (similar === 0 || this.#last === undefined) return undefined;
    return frameDifference(values, this.#last.values, grid) <= similar ? this.#last.place : undefined;
  }
}
