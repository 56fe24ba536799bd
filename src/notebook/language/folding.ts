import { textLines } from "../line.ts";

/** Lines that fold into the first of them, both included, 0-based. */
export interface FoldingLines {
  readonly start: number;
  readonly end: number;
}

/** The runs of two or more directives and comments of a cell. */
export function foldingLines(source: string): FoldingLines[] {
  const runs: { start: number; end: number }[] = [];
  for (const [line, content] of textLines(source).entries()) {
    const last = runs.at(-1);
    if (!content.startsWith("%")) continue;
    if (last?.end === line - 1) last.end = line;
    else runs.push({ start: line, end: line });
  }
  return runs.filter(({ start, end }) => end > start);
}
