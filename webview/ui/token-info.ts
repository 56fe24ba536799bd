import type { FrameRecord, MediaRecord, RunRecord } from "#core/record.ts";
import { formatCount, formatMs, formatNumber } from "#core/units.ts";
import { countPatches, frameTokens } from "./token-grid.ts";

/** What is known of one visual token, or -1 for what was dropped before the LLM. */
export interface TokenInfo {
  readonly token: number;
  /** How many encoded tokens it stands for. */
  readonly patches: number;
  /** The layer after which it was dropped; undefined if it stayed to the end. */
  readonly droppedAfter: number | undefined;
  /** The last importance that was computed for it, and its place among the tokens present then, 1 being the most important. */
  readonly importance:
    | { readonly value: number; readonly layer: number; readonly rank: number; readonly of: number }
    | undefined;
}

/** Looks up the token that a cell of `frame`, counted row by row, became part of. */
export function tokenInfo(record: RunRecord, frame: FrameRecord, cell: number): TokenInfo {
  const { visual, model } = record;
  const token = frameTokens(frame, visual)[cell] ?? -1;
  if (token < 0) return { token, patches: 1, droppedAfter: undefined, importance: undefined };
  const last = visual.lastLayer[token] ?? 0;
  return {
    token,
    patches: countPatches(visual, token),
    droppedAfter: last === model.decoder.layers - 1 ? undefined : last,
    importance: lastImportance(record, token),
  };
}

function lastImportance({ visual }: RunRecord, token: number): TokenInfo["importance"] {
  for (let i = visual.importanceLayers.length - 1; i >= 0; i--) {
    const row = visual.importance.subarray(i * visual.count, (i + 1) * visual.count);
    const value = row[token] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const present = row.filter((other) => !Number.isNaN(other));
    const rank = 1 + present.filter((other) => other > value).length;
    return { value, layer: visual.importanceLayers[i] ?? 0, rank, of: present.length };
  }
  return undefined;
}

/** `token 41 of 105, made of 4 patches; dropped after layer 5; importance 0.0123, 36th of 70 at layer 5`. */
export function describeToken(info: TokenInfo, count: number): string {
  const { token, patches, droppedAfter, importance } = info;
  if (token < 0) return "dropped before the LLM";
  const parts = [
    `token ${formatCount(token + 1)} of ${formatCount(count)}, ${patches === 1 ? "one patch" : `${patches} patches merged`}`,
    droppedAfter === undefined ? "kept to the last layer" : `dropped after layer ${droppedAfter}`,
  ];
  if (importance) {
    const { value, layer, rank, of } = importance;
    parts.push(`importance ${formatNumber(value)}, rank ${formatCount(rank)} of ${formatCount(of)} at layer ${layer}`);
  }
  return parts.join("; ");
}

/** `kitchen.mp4, 1920 × 1080 px, 2 min 5 s, 32 frames`. */
export function mediumText({ kind, name, widthPx, heightPx, durationSeconds, frames }: MediaRecord): string {
  const size = `${name}, ${widthPx} × ${heightPx} px`;
  if (kind === "image") return size;
  return `${size}, ${formatMs(1000 * durationSeconds)}, ${formatCount(frames.length)} ${frames.length === 1 ? "frame" : "frames"}`;
}

/** `7.5 s`, or `2:05` from one minute on, `7.5 s, as frame 3` with the features of another frame; pictures have a name for their crop instead. */
export function frameLabel(frame: FrameRecord): string {
  if (frame.kind === "base") return "whole picture";
  if (frame.kind === "grid") return "crops";
  const time = frameTime(frame);
  return frame.featuresOf === undefined ? time : `${time}, as frame ${frame.featuresOf + 1}`;
}

function frameTime({ timeSeconds }: FrameRecord): string {
  if (timeSeconds < 59.95) return `${timeSeconds.toFixed(1)} s`;
  const whole = Math.round(timeSeconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Width by height of the pictures of a medium; where its size is not known, of the grid of `frame`. */
export function pictureAspect({ widthPx, heightPx }: MediaRecord, { rows, columns }: FrameRecord): number {
  return (widthPx || columns || 1) / (heightPx || rows || 1);
}
