import { splitDirective, textLines } from "./line.ts";
import { type CellDirective, type CellError, readDirective } from "./read-directive.ts";

export interface ParsedCell {
  /** The lines that are neither directive nor comment, without white space around them. Empty in a cell that only sets defaults. */
  readonly question: string;
  readonly directives: readonly CellDirective[];
  /** Those of all directives, in the order of the text. */
  readonly errors: readonly CellError[];
}

/**
 * Reads the text of a cell: a line that starts with `%%` is a comment, one that starts with `%` a directive, all others are the question.
 * A line of the question that has to start with `%` has a backslash before it: one backslash is taken from `\%`, `\\%` and so on.
 *
 * Total: any text gives a result, and what is wrong stands in `errors`. Files are not looked at.
 */
export function parseCell(text: string): ParsedCell {
  const question: string[] = [];
  const directives: CellDirective[] = [];
  for (const [line, content] of textLines(text).entries()) {
    if (content.startsWith("%%")) continue;
    if (content.startsWith("%")) directives.push(readDirective(splitDirective(content, line), directives));
    else question.push(content.replace(/^\\(\\*%)/, "$1"));
  }
  return { question: question.join("\n").trim(), directives, errors: directives.flatMap(({ errors }) => errors) };
}

/** Writes `question` so that parseCell reads it back, apart from white space around it: lines must not turn into directives. */
export function formatQuestion(question: string): string {
  return question.replaceAll(/(?<=^|[\r\n])\\*%/g, "\\$&");
}
