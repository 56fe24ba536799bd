import fc from "fast-check";
import type { TextChange, TextPosition } from "#notebook/language/text-range.ts";
import { textLines } from "#notebook/line.ts";

/** The text around `|`, and where it stood. */
export function cursor(marked: string): { readonly source: string; readonly position: TextPosition } {
  const index = marked.indexOf("|");
  const above = textLines(marked.slice(0, index));
  const position = { line: above.length - 1, character: above.at(-1)?.length ?? 0 };
  return { source: marked.slice(0, index) + marked.slice(index + 1), position };
}

/** Where `position` is in `source`, as an editor finds it. */
export function offsetOf(source: string, { line, character }: TextPosition): number {
  const breaks = [...source.matchAll(/\r\n|\r|\n/g)];
  const before = breaks[line - 1];
  return (before ? before.index + before[0].length : 0) + character;
}

/** `source` after `change`. */
export function replaced(source: string, { range, text }: TextChange): string {
  return source.slice(0, offsetOf(source, range.start)) + text + source.slice(offsetOf(source, range.end));
}

const PIECES = ["%", "%%", "\n", "\r\n", " ", "=", '"', "\\", "/", "%video ", "%merge ", "%model", "frames=", "end=3 "];

/** Texts of cells, most of them nearly right. */
export const arbitraryText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom(...PIECES, "25%", "off", "a.jpg", "%image a.mp4", "What?", "toString="))
    .map((all) => all.join("")),
);
