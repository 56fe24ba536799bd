import { AimError } from "#core/errors.ts";
import type { MergedGroup } from "./merger.ts";
import type { MediaKind } from "./query.ts";

/** One medium's merged tokens, ready to be put in place of its placeholder. */
export interface MergedMedium {
  readonly kind: MediaKind;
  readonly groups: readonly MergedGroup[];
  /** An embedding that closes the medium. */
  readonly end?: Float32Array | undefined;
}

/** What the LLM is given: the prompt with every placeholder replaced by visual tokens. */
export interface Sequence {
  /** [n, hidden] */
  readonly embeddings: Float32Array;
  /** [n] 1 for text. */
  readonly isText: Uint8Array;
  /** Visual tokens, those that end rows and media counted. */
  readonly visual: number;
  /** [encoded tokens of all media] The visual token that each became part of, counted in the order of the sequence; -1 if it was dropped. */
  readonly mergedInto: Int32Array;
}

export interface SequenceParts {
  readonly ids: readonly number[];
  readonly placeholders: Readonly<Partial<Record<MediaKind, number>>>;
  readonly media: readonly MergedMedium[];
  readonly isSpatial: boolean;
  readonly hidden: number;
  /** The embedding [hidden] of a text token. */
  readonly embed: (id: number) => Float32Array;
}

/**
 * Puts the pieces in order. Each placeholder takes the next medium of its kind; the template may have sorted them.
 *
 * Throws `invalid-model` if the prompt has not one placeholder for every medium.
 */
export function buildSequence({ ids, placeholders, media, isSpatial, hidden, embed }: SequenceParts): Sequence {
  const pieces: Float32Array[] = [];
  const isText: number[] = [];
  const visualOf = new Map<MergedGroup, Int32Array>();
  const waiting = [...media];
  let visual = 0;

  for (const id of ids) {
    const kind = id === placeholders.image ? "image" : id === placeholders.video ? "video" : undefined;
    if (kind === undefined) {
      pieces.push(embed(id));
      isText.push(1);
      continue;
    }
    for (const { embedding, group, row } of visualTokens(takeNext(waiting, kind), isSpatial, hidden)) {
      pieces.push(embedding);
      isText.push(0);
      if (group) noteRow(visualOf, group, row, visual);
      visual++;
    }
  }
  const [left] = waiting;
  if (left) throw unmatched(`the prompt has no place for a medium of kind ${left.kind}`);
  const embeddings = new Float32Array(pieces.length * hidden);
  for (const [i, piece] of pieces.entries()) embeddings.set(piece, i * hidden);
  const groups = media.flatMap((medium) => medium.groups);
  return { embeddings, isText: Uint8Array.from(isText), visual, mergedInto: encodedToVisual(groups, visualOf) };
}

/** How many visual tokens media come to in a sequence. */
export function countVisualTokens(media: readonly MergedMedium[]): number {
  const rowEnds = (groups: readonly MergedGroup[]) =>
    groups.reduce((sum, { group, grid }) => sum + (group.rowEnd ? grid.rows : 0), 0);
  const tokens = (groups: readonly MergedGroup[]) => groups.reduce((sum, { positions }) => sum + positions.length, 0);
  return media.reduce((sum, { groups, end }) => sum + tokens(groups) + rowEnds(groups) + (end ? 1 : 0), 0);
}

/** Takes the first medium of a kind out of those that wait. */
function takeNext(waiting: MergedMedium[], kind: MediaKind): MergedMedium {
  const index = waiting.findIndex((medium) => medium.kind === kind);
  const [medium] = index < 0 ? [] : waiting.splice(index, 1);
  if (medium) return medium;
  throw unmatched(`the prompt has a place for a medium of kind ${kind} that the question does not have`);
}

function unmatched(message: string): AimError {
  return new AimError("invalid-model", message, {
    hint: "the model's chat template does not fit this kind of question",
  });
}

/** A visual token: row `row` of a group, or an embedding that ends a row or medium. */
interface VisualToken {
  readonly embedding: Float32Array;
  readonly group?: MergedGroup;
  readonly row: number;
}

/** The visual tokens of one medium in order. Row ends are never merged: they end their row, or follow their group where rows are gone. */
function* visualTokens(medium: MergedMedium, isSpatial: boolean, hidden: number): Iterable<VisualToken> {
  for (const merged of medium.groups) {
    const { positions, values } = merged;
    const { rowEnd } = merged.group;
    const { rows, columns } = merged.grid;
    const isInRows = isSpatial || positions.length === rows * columns;
    let ended = 0;
    for (const [row, position] of positions.entries()) {
      for (; rowEnd && isInRows && position >= (ended + 1) * columns; ended++) yield { embedding: rowEnd, row: -1 };
      yield { embedding: values.subarray(row * hidden, (row + 1) * hidden), group: merged, row };
    }
    for (; rowEnd && ended < rows; ended++) yield { embedding: rowEnd, row: -1 };
  }
  if (medium.end) yield { embedding: medium.end, row: -1 };
}

function noteRow(visualOf: Map<MergedGroup, Int32Array>, group: MergedGroup, row: number, visual: number): void {
  const rows = visualOf.get(group) ?? new Int32Array(group.positions.length);
  rows[row] = visual;
  visualOf.set(group, rows);
}

function encodedToVisual(groups: readonly MergedGroup[], visualOf: ReadonlyMap<MergedGroup, Int32Array>): Int32Array {
  return Int32Array.from(groups.flatMap((group) => Array.from(group.rows, (row) => visualOf.get(group)?.[row] ?? -1)));
}
