import { Range } from "vscode";
import type { TextRange } from "#notebook/language/text-range.ts";

/** A range of the language layer as the editor's. */
export function editorRange({ start, end }: TextRange): Range {
  return new Range(start.line, start.character, end.line, end.character);
}
