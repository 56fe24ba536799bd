import type { FrameRecord, RunRecord, VisualRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import { formatSmall, placeOn, rangeOf, type ValueRange, type ValueScale } from "../ui/color-scale.ts";
import { countPatches, frameTokens, isPresent } from "../ui/token-grid.ts";
import { frameLabel } from "../ui/token-info.ts";

/** [visual] How many encoded tokens each visual token stands for; 0 for newlines. */
export function patchCounts({ count, mergedInto }: VisualRecord): Int32Array {
  const counts = new Int32Array(count);
  for (const token of mergedInto) if (token >= 0) counts[token] = (counts[token] ?? 0) + 1;
  return counts;
}

/** [visual] 1 for the tokens that do not enter `layer`. */
export function goneAt({ lastLayer }: VisualRecord, layer: number): Uint8Array {
  const gone = new Uint8Array(lastLayer.length);
  for (let token = 0; token < gone.length; token++) gone[token] = (lastLayer[token] ?? 0) < layer ? 1 : 0;
  return gone;
}

/** Importance that was computed at one layer. */
export interface ImportanceRow {
  readonly computedAt: number;
  /** [visual] NaN where a token was not present. */
  readonly values: Float32Array;
}

/**
 * The importance to show at `layer`: that of the last layer up to it at which tokens were ranked. Before the first of these it is the first
 * one's, because nothing has been dropped until then. Undefined where a record has none.
 */
export function importanceAt(
  { count, importance, importanceLayers }: VisualRecord,
  layer: number,
): ImportanceRow | undefined {
  const index = Math.max(
    0,
    importanceLayers.findLastIndex((ranked) => ranked <= layer),
  );
  const computedAt = importanceLayers[index];
  if (computedAt === undefined) return undefined;
  return { computedAt, values: importance.subarray(index * count, (index + 1) * count) };
}

/** The range of all importance of a run, over the tokens of which `isDrawn` is 1. */
export function importanceRange({ count, importance }: VisualRecord, isDrawn: Uint8Array): ValueRange | undefined {
  return rangeOf(importance, (index) => isDrawn[index % count] === 1);
}

/** Why there is no importance to show. */
export function importanceAbsence({ settings, visual }: RunRecord): string | undefined {
  if (visual.importanceLayers.length > 0) return undefined;
  if (settings.prune === "off") {
    return "This run kept every visual token to the end, so none was ranked and there is no importance to show.";
  }
  return "This record holds no importance: tokens were dropped without ranking, or it was left out where space was short.";
}

/** The layer at which a run is looked at first: the first at which tokens were ranked, else the middle. */
export function firstLayer({ visual, model }: RunRecord): number {
  return visual.importanceLayers[0] ?? Math.floor(model.decoder.layers / 2);
}

/** [visual] The colour of each token; 0, which is transparent, where there is no value. */
export function tokenColours(values: Float32Array, scale: ValueScale, table: Uint32Array): Uint32Array {
  const colours = new Uint32Array(values.length);
  const last = table.length - 1;
  for (let token = 0; token < values.length; token++) {
    const value = values[token] ?? Number.NaN;
    if (!Number.isNaN(value)) colours[token] = table[Math.round(placeOn(scale, value) * last)] ?? 0;
  }
  return colours;
}

/** What is known of one cell of a frame at a layer. */
export interface PatchReading {
  /** -1 for what was dropped before the LLM. */
  readonly token: number;
  /** How many patches it stands for. */
  readonly patches: number;
  /** Undefined where the token is not present, or nothing is measured. */
  readonly value: number | undefined;
  /** Place of its value among those of the present tokens, 1 being the highest, and how many these are. */
  readonly rank: number;
  readonly present: number;
  /** The layer after which it was dropped; undefined if it stays to the end. */
  readonly droppedAfter: number | undefined;
}

interface PatchQuery {
  readonly record: RunRecord;
  readonly frame: FrameRecord;
  readonly cell: number;
  readonly layer: number;
  /** [visual] What is shown; undefined while there is nothing. */
  readonly values: Float32Array | undefined;
}

/** Reads the token of a cell; equal values share a rank. */
export function readPatch({ record, frame, cell, layer, values }: PatchQuery): PatchReading {
  const { visual, model } = record;
  const token = frameTokens(frame, visual)[cell] ?? -1;
  const last = visual.lastLayer[token] ?? -1;
  const isHere = token >= 0 && isPresent(visual, token, layer);
  const value = isHere ? values?.[token] : undefined;
  let [rank, present] = [1, 0];
  for (let other = 0; other < visual.count; other++) {
    if (!isPresent(visual, other, layer)) continue;
    present++;
    if (value !== undefined && (values?.[other] ?? Number.NaN) > value) rank++;
  }
  return {
    token,
    patches: token < 0 ? 1 : countPatches(visual, token),
    value: value === undefined || Number.isNaN(value) ? undefined : value,
    rank,
    present,
    droppedAfter: token < 0 || last === model.decoder.layers - 1 ? undefined : last,
  };
}

/** `row 3, column 5: attention 0.0031, rank 12 of 1,568; stands for 4 patches; dropped after layer 16`. */
export function readingText(frame: FrameRecord, cell: number, reading: PatchReading, quantity: string): string {
  const { token, patches, value, rank, present, droppedAfter } = reading;
  const place = `${frameLabel(frame)}, row ${Math.floor(cell / frame.columns) + 1}, column ${(cell % frame.columns) + 1}: `;
  if (token < 0) return `${place}dropped before the LLM`;
  const parts = [
    value === undefined
      ? undefined
      : `${quantity} ${formatSmall(value)}, rank ${formatCount(rank)} of ${formatCount(present)}`,
    patches === 1 ? "one patch" : `stands for ${formatCount(patches)} patches`,
    droppedAfter === undefined ? "kept to the last layer" : `dropped after layer ${droppedAfter}`,
  ];
  return place + parts.filter((part) => part !== undefined).join("; ");
}
