import type { MediaKind } from "./query.ts";
import type { MergedGroup } from "./merger.ts";

/** One medium's merged tokens, ready to be put in place of its placeholder. */
export interface MergedMedium {
  readonly kind: MediaKind;
  readonly groups: readonly MergedGroup[];
  readonly endsWithNewline: boolean;
}

/** What the LLM is given: the prompt with every placeholder replaced by visual tokens. */
export interface Sequence {
  /** [n, hidden] */
  readonly embeddings: Float32Array;
  /** [n] 1 for text. */
  readonly isText: Uint8Array;
  /** Visual tokens, newlines counted. */
  readonly visual: number;
  /** [encoded tokens of all media] The visual token that each became part of, counted in the order of the sequence. */
  readonly mergedInto: Int32Array;
}

export interface SequenceParts {
  readonly ids: readonly number[];
  readonly placeholders: Readonly<Record<MediaKind, number>>;
  readonly media: readonly MergedMedium[];
  readonly isSpatial: boolean;
  readonly hidden: number;
  /** Embeddings [ids, hidden] of text tokens. */
  readonly embed: (ids: readonly number[]) => Float32Array;
  /** [hidden] */
  readonly newline: Float32Array;
}

/** Puts the pieces in order. Each placeholder takes the next medium of its kind; the template may have sorted them. */
export function buildSequence(parts: SequenceParts): Sequence {
  const { ids, placeholders, hidden } = parts;
  const pieces: Float32Array[] = [];
  const isText: number[] = [];
  const mergedInto = new Map<MergedGroup, Int32Array>();
  const waiting = [...parts.media];
  let visual = 0;

  const takeNext = (kind: MediaKind) => waiting.splice(waiting.findIndex((medium) => medium.kind === kind), 1)[0];
  for (const id of ids) {
    const kind = id === placeholders.image ? "image" : id === placeholders.video ? "video" : undefined;
    const medium = kind && takeNext(kind);
    if (medium === undefined) {
      pieces.push(parts.embed([id]));
      isText.push(1);
      continue;
    }
    for (const token of tokensOf(medium, parts.isSpatial)) {
      pieces.push(token === "newline" ? parts.newline : token.group.values.subarray(token.row * hidden, (token.row + 1) * hidden));
      isText.push(0);
      if (token !== "newline") noteRow(mergedInto, token.group, token.row, visual);
      visual++;
    }
  }
  const embeddings = new Float32Array(pieces.length * hidden);
  for (const [i, piece] of pieces.entries()) embeddings.set(piece, i * hidden);
  const groups = parts.media.flatMap(({ groups }) => groups);
  return { embeddings, isText: Uint8Array.from(isText), visual, mergedInto: encodedToVisual(groups, mergedInto) };
}

type VisualToken = "newline" | { readonly group: MergedGroup; readonly row: number };

/** The visual tokens of one medium in order. Newlines are never merged: they end their row, or follow their group where rows are gone. */
function* tokensOf(medium: MergedMedium, isSpatial: boolean): Iterable<VisualToken> {
  for (const merged of medium.groups) {
    const { group, positions } = merged;
    const isInRows = isSpatial || positions.length === group.rows * group.columns;
    let rowsEnded = 0;
    for (const [row, position] of positions.entries()) {
      while (group.hasRowNewlines && isInRows && position >= (rowsEnded + 1) * group.columns) {
        yield "newline";
        rowsEnded++;
      }
      yield { group: merged, row };
    }
    for (; group.hasRowNewlines && rowsEnded < group.rows; rowsEnded++) yield "newline";
  }
  if (medium.endsWithNewline) yield "newline";
}

function noteRow(visualOf: Map<MergedGroup, Int32Array>, group: MergedGroup, row: number, visual: number): void {
  const rows = visualOf.get(group) ?? new Int32Array(group.positions.length);
  rows[row] = visual;
  visualOf.set(group, rows);
}

function encodedToVisual(groups: readonly MergedGroup[], visualOf: ReadonlyMap<MergedGroup, Int32Array>): Int32Array {
  const all = groups.flatMap((group) => [...group.rows].map((row) => visualOf.get(group)?.[row] ?? 0));
  return Int32Array.from(all);
}
