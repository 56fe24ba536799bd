import { parseCell } from "../cell.ts";
import { textLines } from "../line.ts";
import { saidText } from "./decision.ts";
import { rangeOf, type TextRange } from "./text-range.ts";

/** A part of a cell for the outline. */
export interface CellSymbol {
  readonly kind: "directive" | "question";
  /** Never empty. */
  readonly name: string;
  readonly detail: string;
  readonly range: TextRange;
  /** The part of the range to which a click goes. */
  readonly selectionRange: TextRange;
}

const LONGEST = 80;

/** The directives of a cell and its question as one symbol, from its first line to its last, in the order of the text. */
export function cellSymbols(source: string): CellSymbol[] {
  const symbols = parseCell(source).directives.map((said): CellSymbol => {
    const name = `%${said.name.text}`;
    return {
      kind: "directive",
      name,
      detail: saidText(said).trim(),
      range: rangeOf(said),
      selectionRange: rangeOf(said.name),
    };
  });
  const question = questionSymbol(source);
  return [...symbols, ...(question ? [question] : [])].sort((a, b) => a.range.start.line - b.range.start.line);
}

/** What an outline calls a cell: the first line of its question, else the directives that it sets. Empty for an empty cell. */
export function cellLabel(source: string): string {
  return (
    questionSymbol(source)?.name ??
    shortened(
      parseCell(source)
        .directives.map(({ name }) => `%${name.text}`)
        .join(" "),
    )
  );
}

function questionSymbol(source: string): CellSymbol | undefined {
  const lines = textLines(source);
  const isQuestion = (line: string) => !line.startsWith("%") && line.trim() !== "";
  const [first, last] = [lines.findIndex(isQuestion), lines.findLastIndex(isQuestion)];
  const text = lines[first];
  if (text === undefined) return undefined;
  const end = { line: last, character: lines[last]?.length ?? 0 };
  return {
    kind: "question",
    name: shortened(text.replace(/^\\(\\*%)/, "$1").trim()),
    detail: "",
    range: { start: { line: first, character: 0 }, end },
    selectionRange: rangeOf({ line: first, start: 0, end: text.length }),
  };
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).trimEnd()}…`;
}
