import type { FrameRecord, MergeStep, RunRecord } from "#core/record.ts";

/** A frame, and how its tokens became one. */
export interface MergedFrame {
  /** Index of its medium. */
  readonly medium: number;
  readonly frame: FrameRecord;
  /** None where the record does not know them. */
  readonly steps: readonly MergeStep[];
}

/** The frames of all media in their order. */
export function mergedFrames({ media, merging }: RunRecord): readonly MergedFrame[] {
  return media
    .flatMap(({ frames }, medium) => frames.map((frame) => ({ medium, frame })))
    .map((found, index) => ({ ...found, steps: merging?.[index] ?? [] }));
}

/** How many steps the frame with the most of them took. */
export function stepCount(frames: readonly MergedFrame[]): number {
  return frames.reduce((most, { steps }) => Math.max(most, steps.length), 0);
}

/** [tokens] The row that each of a frame's tokens is part of after the first `count` steps. */
export function groupsAfter(tokens: number, steps: readonly MergeStep[], count: number): Int32Array {
  let groups = Int32Array.from({ length: tokens }, (_, token) => token);
  for (const { rows } of steps.slice(0, count)) groups = groups.map((row) => rows[row] ?? 0);
  return groups;
}

/** Tokens that `step` leaves. */
export function tokensAfter({ rows }: MergeStep): number {
  return 1 + rows.reduce((most, row) => Math.max(most, row), -1);
}

/** All groups of a run at once: what TokenPicture calls ids, and how many patches each one holds. */
export interface Groups {
  /** [encoded] -1 for what was dropped. */
  readonly ids: Int32Array;
  /** [ids] */
  readonly sizes: Int32Array;
}

/** The groups of all frames after `count` steps; where the steps are not known, after all of them if `count` is not 0. */
export function groupsOfRun(record: RunRecord, count: number): Groups {
  const { mergedInto } = record.visual;
  const frames = mergedFrames(record);
  if (count === 0 || stepCount(frames) > 0) {
    const ids = mergedInto.slice();
    for (const { frame, steps } of frames) {
      const { firstToken, rows, columns } = frame;
      // Groups of one frame are numbered from its first token on, so that no two frames share a number.
      const groups = groupsAfter(rows * columns, steps, count).map((group) => firstToken + group);
      ids.set(groups, firstToken);
    }
    return { ids, sizes: sizesOf(ids, ids.length) };
  }
  return { ids: mergedInto, sizes: sizesOf(mergedInto, record.visual.count) };
}

/** [groups] How many of `ids` each group holds. */
export function sizesOf(ids: Int32Array, groups: number): Int32Array {
  const sizes = new Int32Array(groups);
  for (const id of ids) if (id >= 0) sizes[id] = (sizes[id] ?? 0) + 1;
  return sizes;
}

/** How many groups there are of each size, smallest first. */
export interface SizeCount {
  readonly size: number;
  readonly groups: number;
}

export function sizeCounts(sizes: Int32Array): readonly SizeCount[] {
  const counts = new Map<number, number>();
  for (const size of sizes) if (size > 0) counts.set(size, (counts.get(size) ?? 0) + 1);
  return [...counts].map(([size, groups]) => ({ size, groups })).sort((a, b) => a.size - b.size);
}

/** One step in the making of a group: the cosines of those that met in it, highest first. */
export interface Meeting {
  /** Counted from 1. */
  readonly step: number;
  readonly cosines: readonly number[];
}

/** How the group of `token` came to be in the first `count` steps; steps in which nothing joined it are left out. */
export function meetings(
  tokens: number,
  steps: readonly MergeStep[],
  count: number,
  token: number,
): readonly Meeting[] {
  const found: Meeting[] = [];
  const group = groupsAfter(tokens, steps, count)[token];
  for (const [index, step] of steps.slice(0, count).entries()) {
    const later = groupsAfter(tokensAfter(step), steps.slice(index + 1), count - index - 1);
    const cosines = mergedPlaces(step)
      .filter((place) => later[step.rows[place] ?? -1] === group)
      .map((place) => step.similarity[place / 2] ?? 0)
      .sort((a, b) => b - a);
    if (cosines.length > 0) found.push({ step: index + 1, cosines });
  }
  return found;
}

/** The even places of `step` whose token became part of one at an odd place. */
export function mergedPlaces({ rows }: MergeStep): readonly number[] {
  const odd = new Set(rows.filter((_, place) => place % 2 === 1));
  return [...rows.keys()].filter((place) => place % 2 === 0 && odd.has(rows[place] ?? -1));
}
