import type { Span } from "../line.ts";

/** A place in the text of a cell, as in the editor's interface: 0-based, characters in UTF-16 code units. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** From `start` up to, not including, `end`. */
export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** `text` in place of what is in `range`. */
export interface TextChange {
  readonly range: TextRange;
  readonly text: string;
}

/** A span of one line as a range. */
export function rangeOf({ line, start, end }: Span): TextRange {
  return { start: { line, character: start }, end: { line, character: end } };
}

/** True if `character` is in the span or at one of its ends. */
export function touches({ start, end }: Span, character: number): boolean {
  return start <= character && character <= end;
}
