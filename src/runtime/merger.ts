import { mergingFlops } from "#core/cost/merging.ts";
import { mergeSteps } from "#core/merge.ts";
import type { MergeSettings } from "#core/merge-settings.ts";
import type { Method, ReducedGrid } from "#core/method.ts";
import type { MergeStep } from "#core/record.ts";
import type { TokenGroup } from "#model/layout.ts";
import { MERGE } from "#model/merge.ts";
import { bools, floats, floatsOf, type GraphSession, indicesOf, int64s } from "./session.ts";

/** Frames that go through the merge graph together: bounds its memory. */
const BATCH = 32;

/** A group's tokens after merging, or whatever a method does in its place. */
export interface MergedGroup extends ReducedGrid {
  readonly group: TokenGroup;
  /** How similar tokens became one, step by step; none where a method does something else. */
  readonly steps: readonly MergeStep[];
}

export interface MergeContext {
  readonly merger: Method["merger"];
  readonly settings: MergeSettings;
  /** Numbers in [0, 1), for mergers that choose at random. */
  readonly random: () => number;
  /** The merge graph, loaded when it is needed; it takes a metric if the groups have one. */
  readonly loadSession: () => Promise<GraphSession>;
}

/**
 * Reduces the tokens of each group by themselves. Where similar tokens are merged, groups of one size go through the graph together, and a
 * token lies where it was, or where the token was that it was merged into.
 */
export async function mergeGroups(groups: readonly TokenGroup[], context: MergeContext): Promise<MergedGroup[]> {
  const { merger, settings, random } = context;
  if (merger !== "similar") {
    return groups.map((group) => {
      return { group, ...merger({ ...group, values: group.features }, settings, random), steps: [] };
    });
  }
  const merged = new Map<TokenGroup, MergedGroup>();
  for (const batch of batchesOfOneSize(groups)) {
    for (const result of await mergeBatch(batch, context)) merged.set(result.group, result);
  }
  return groups.flatMap((group) => merged.get(group) ?? []);
}

function batchesOfOneSize(groups: readonly TokenGroup[]): TokenGroup[][] {
  const batches: TokenGroup[][] = [];
  for (const group of groups) {
    const open = batches.findLast((batch) => batch[0] && batch[0].features.length === group.features.length);
    if (open && open.length < BATCH) open.push(group);
    else batches.push([group]);
  }
  return batches;
}

async function mergeBatch(
  batch: readonly TokenGroup[],
  { settings, loadSession }: MergeContext,
): Promise<MergedGroup[]> {
  const [first] = batch;
  if (first === undefined) return [];
  const frames = batch.length;
  let tokens = first.rows * first.columns;
  const channels = first.features.length / tokens;
  const metricChannels = first.metric && first.metric.length / tokens;
  const counts = mergeSteps(tokens, settings.retention);
  const flops = mergingFlops(tokens, channels, counts, metricChannels);
  let values = concatenate(batch.map(({ features }) => features));
  let metric = concatenate(batch.map((group) => group.metric ?? new Float32Array(0)));
  let sizes = new Float32Array(frames * tokens).fill(1);
  const identity = Int32Array.from({ length: tokens }, (_, i) => i);
  const rows: Int32Array[] = batch.map(() => identity.slice());
  const positions: Int32Array[] = batch.map(() => identity.slice());
  const done: MergeStep[][] = batch.map(() => []);

  for (const count of counts) {
    const session = await loadSession();
    const results = await session.run({
      [MERGE.tokens]: floats(values, [frames, tokens, channels]),
      [MERGE.sizes]: floats(settings.weighting === "size" ? sizes : new Float32Array(sizes.length).fill(1), [
        frames,
        tokens,
        1,
      ]),
      [MERGE.count]: int64s([count]),
      [MERGE.isSpatial]: bools(settings.order === "spatial"),
      ...(metricChannels !== undefined && { [MERGE.metric]: floats(metric, [frames, tokens, metricChannels]) }),
    });
    values = floatsOf(results, MERGE.merged);
    if (metricChannels !== undefined) metric = floatsOf(results, MERGE.mergedMetric);
    sizes = Float32Array.from(floatsOf(results, MERGE.mergedSizes));
    const assigned = indicesOf(results, MERGE.rows); // [frames, tokens]
    const similarity = floatsOf(results, MERGE.similarity); // [frames, evens]
    const evens = Math.ceil(tokens / 2);
    for (let frame = 0; frame < frames; frame++) {
      const step = assigned.slice(frame * tokens, (frame + 1) * tokens);
      done[frame]?.push({ rows: step, similarity: similarity.slice(frame * evens, (frame + 1) * evens) });
      rows[frame] = (rows[frame] ?? identity).map((row) => step[row] ?? 0);
      positions[frame] = movePositions(positions[frame] ?? identity, step, tokens - count);
    }
    tokens -= count;
  }
  return batch.map((group, frame) => ({
    group,
    values: values.subarray(frame * tokens * channels, (frame + 1) * tokens * channels),
    rows: rows[frame] ?? identity,
    positions: positions[frame] ?? identity,
    grid: { rows: group.rows, columns: group.columns },
    flops,
    steps: done[frame] ?? [],
  }));
}

/** A row lies where its odd member does, or its only one. */
function movePositions(positions: Int32Array, step: Int32Array, tokens: number): Int32Array {
  const moved = new Int32Array(tokens).fill(-1);
  for (const [token, row] of step.entries()) {
    if (token % 2 === 1 || moved[row] === -1) moved[row] = positions[token] ?? 0;
  }
  return moved;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
