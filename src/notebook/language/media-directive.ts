import { mediaKind } from "#core/media-kind.ts";
import { formatDirective, textLines } from "../line.ts";
import { notebookPath } from "./notebook-path.ts";
import type { TextChange, TextPosition } from "./text-range.ts";

/**
 * The lines that name the files at the absolute `paths` in a notebook that lies in `folder`. Files whose extension is none of a picture or a
 * video are left out. Throws `invalid-argument` for a name that no line can hold.
 */
export function mediaDirectives(paths: readonly string[], folder: string): string[] {
  return paths.flatMap((path) => {
    const kind = mediaKind(path);
    return kind === undefined ? [] : [formatDirective(kind, notebookPath(path, folder))];
  });
}

/**
 * Writes `directives` as lines of their own into the text of a cell: below the directive or comment at `position`, else below those at the top,
 * before the question. No line is split, and line breaks are those of the text.
 */
export function insertDirectives(source: string, position: TextPosition, directives: readonly string[]): TextChange {
  const lines = textLines(source);
  const isDirective = (line: string | undefined) => line?.startsWith("%") ?? false;
  const top = lines.findIndex((line) => !isDirective(line));
  const below = isDirective(lines[position.line]) ? position.line + 1 : top < 0 ? lines.length : top;
  const eol = /\r\n|\r|\n/.exec(source)?.[0] ?? "\n";
  const text = directives.join(eol);
  if (below < lines.length) {
    const start = { line: below, character: 0 };
    return { range: { start, end: start }, text: directives.length === 0 ? "" : text + eol };
  }
  const end = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  return { range: { start: end, end }, text: directives.length === 0 ? "" : eol + text };
}
