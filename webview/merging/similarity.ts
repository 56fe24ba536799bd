import type { MergeStep } from "#core/record.ts";
import { formatCount, formatNumber, formatShare } from "#core/units.ts";
import { numberColumn, type Table } from "../ui/table.ts";
import { frameLabel } from "../ui/token-info.ts";
import { type MergedFrame, mergedPlaces, tokensAfter } from "./groups.ts";

/** How similar two tokens must be to be called twins, until the user says otherwise. */
export const TWIN_COSINE = 0.9;

/** How similar the tokens of one step are, and what of it merged. */
export interface StepSimilarity {
  /** [compared] Cosine of each token at an even place with its most similar one at an odd place. */
  readonly cosines: Float32Array;
  /** [compared] 1 where it merged. */
  readonly merged: Uint8Array;
}

export function stepSimilarity(step: MergeStep): StepSimilarity {
  const merged = new Uint8Array(step.similarity.length);
  for (const place of mergedPlaces(step)) merged[place / 2] = 1;
  return { cosines: step.similarity, merged };
}

/** Those of several frames as one. */
export function joinSimilarities(parts: readonly StepSimilarity[]): StepSimilarity {
  return {
    cosines: Float32Array.from(parts.flatMap(({ cosines }) => [...cosines])),
    merged: Uint8Array.from(parts.flatMap(({ merged }) => [...merged])),
  };
}

/** The least cosine that still merged; undefined if nothing did. */
export function cutOf({ cosines, merged }: StepSimilarity): number | undefined {
  const those = cosines.filter((_, index) => merged[index] === 1);
  return those.length === 0 ? undefined : those.reduce((least, cosine) => Math.min(least, cosine));
}

/** Share of the compared tokens that merged. */
export function mergedShare({ merged }: StepSimilarity): number {
  return share(merged, (is) => is === 1);
}

/**
 * Share in [0, 1] of a frame's compared tokens that have a near twin: one in the same frame whose cosine with them is at least `threshold`. Every
 * second token is compared, with all the others.
 */
export function redundancy({ cosines }: Pick<StepSimilarity, "cosines">, threshold: number): number {
  return share(cosines, (cosine) => cosine >= threshold);
}

export function meanCosine({ cosines }: Pick<StepSimilarity, "cosines">): number {
  return cosines.length === 0 ? 0 : cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
}

function share(values: Float32Array | Uint8Array, isIn: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (isIn(value)) count++;
  return values.length === 0 ? 0 : count / values.length;
}

/** A bar of a histogram: the compared tokens with a cosine from `from` up to `to`. */
export interface SimilarityBin {
  readonly from: number;
  readonly to: number;
  readonly merged: number;
  readonly stayed: number;
}

/** Widths of bars, of which the first is taken that gives no more than so many. */
const BIN_WIDTHS = [0.005, 0.01, 0.02, 0.05] as const;
const MOST_BINS = 40;

/** Bars of one width from the least cosine to 1. */
export function similarityBins({ cosines, merged }: StepSimilarity): readonly SimilarityBin[] {
  if (cosines.length === 0) return [];
  const least = cosines.reduce((a, b) => Math.min(a, b), 1);
  const width = BIN_WIDTHS.find((candidate) => (1 - least) / candidate <= MOST_BINS) ?? 0.05;
  // Counted downwards from 1, where most of them are. Cosines are of single precision, and may be a hair beyond 1 or a bar's end.
  const indexOf = (cosine: number) => Math.max(0, Math.ceil((1 - cosine) / width - 1e-6) - 1);
  const bins = Array.from({ length: indexOf(least) + 1 }, (_, index) => ({
    from: 1 - (index + 1) * width,
    to: 1 - index * width,
    merged: 0,
    stayed: 0,
  }));
  for (const [index, cosine] of cosines.entries()) {
    const bin = bins[indexOf(cosine)];
    if (bin) bin[merged[index] === 1 ? "merged" : "stayed"]++;
  }
  return bins.reverse();
}

/** What merging tells of one frame. Numbers of its first step, in which its own tokens are compared. */
export interface FrameRow {
  readonly merged: MergedFrame;
  readonly before: number;
  readonly after: number;
  readonly redundancy: number;
  readonly meanCosine: number;
  readonly cut: number | undefined;
}

/** A row for each frame of which the steps are known. */
export function frameRows(frames: readonly MergedFrame[], threshold: number): readonly FrameRow[] {
  return frames.flatMap((merged) => {
    const [first] = merged.steps;
    const last = merged.steps.at(-1);
    if (!first || !last) return [];
    const similarity = stepSimilarity(first);
    return {
      merged,
      before: first.rows.length,
      after: tokensAfter(last),
      redundancy: redundancy(similarity, threshold),
      meanCosine: meanCosine(similarity),
      cut: cutOf(similarity),
    };
  });
}

/** The redundancy of all frames together. */
export function totalRedundancy(frames: readonly MergedFrame[], threshold: number): number {
  const firsts = frames.flatMap(({ steps }) => (steps[0] ? [stepSimilarity(steps[0])] : []));
  return redundancy(joinSimilarities(firsts), threshold);
}

/** FrameRows for the page and for files. */
export function frameTable(rows: readonly FrameRow[]): Table {
  const number = (key: string, title: string, format = formatNumber) => numberColumn(key, title, format, "–");
  return {
    columns: [
      { key: "frame", title: "frame" },
      number("timeSeconds", "time, s"),
      number("tokensBefore", "tokens before", formatCount),
      number("tokensAfter", "after", formatCount),
      number("redundancy", "redundancy", formatShare),
      number("meanCosine", "mean cosine"),
      number("cutCosine", "cut"),
    ],
    rows: rows.map(({ merged: { frame }, before, after, redundancy: twins, meanCosine: mean, cut }, index) => [
      frame.kind === "frame" ? `${index + 1}` : frameLabel(frame),
      frame.timeSeconds,
      before,
      after,
      twins,
      mean,
      cut ?? null,
    ]),
  };
}
