import { mediaKind } from "#core/media-kind.ts";
import type { CellSource, LocatedError } from "../cascade.ts";
import { formatDirective, quoteValue, type Span, textLines } from "../line.ts";
import { nearest } from "../nearest.ts";
import { parsedCell } from "../parsed-cell.ts";
import type { CellDirective, CellError } from "../read-directive.ts";
import { rangeOf, type TextChange, type TextRange } from "./text-range.ts";

/** A change that mends what a diagnostic is about. */
export interface Fix extends TextChange {
  /** What a menu calls it. */
  readonly title: string;
}

/** Something about a cell that its author should know before it is run. */
export interface Diagnostic {
  readonly range: TextRange;
  /** An error keeps the cell from running. */
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What to do next; empty if there is nothing to say. */
  readonly hint: string;
  /** The likeliest first. */
  readonly fixes: readonly Fix[];
}

/** What is known of the files that cells name, by the paths as they are written there. */
export interface FileFacts {
  readonly missing: ReadonlySet<string>;
  /** For missing files, the names of those in the same folder. */
  readonly near?: ReadonlyMap<string, readonly string[]>;
}

/** What is wrong with each of `cells`, in the order of its text; nothing for cells that are not code. Any text gives a result. */
export function notebookDiagnostics(cells: readonly CellSource[], files: FileFacts): Diagnostic[][] {
  let above: LocatedError | undefined;
  return cells.map(({ cell_type, source }, cell) => {
    if (cell_type !== "code") return [];
    const { directives, question, errors } = parsedCell(source);
    const lines = textLines(source);
    const own = directives.flatMap((said) => [
      ...said.errors.map((error) => ofError(error, said, lines)),
      ...mediaDiagnostics(said, files),
    ]);
    if (question !== "") return [...(above ? [inherited(above, lines)] : []), ...own];
    if (errors[0]) above ??= { ...errors[0], cell };
    return [...own, ...directives.flatMap(uselessColumn)];
  });
}

/** What notebookDiagnostics says of the cell at `index`. */
export function cellDiagnostics(cells: readonly CellSource[], index: number, files: FileFacts): Diagnostic[] {
  return notebookDiagnostics(cells.slice(0, index + 1), files)[index] ?? [];
}

function ofError(error: CellError, said: CellDirective, lines: readonly string[]): Diagnostic {
  const { message, hint = "", suggestion, surplus } = error;
  const fixes: Fix[] = [];
  if (suggestion !== undefined) {
    fixes.push({ title: `Change to ${suggestion}`, range: rangeOf(error), text: suggestion });
  }
  if (surplus) fixes.push({ title: "Remove it", range: removal(surplus, lines), text: "" });
  if (said.directive === undefined) {
    const range = rangeOf({ ...said.name, end: said.name.start });
    fixes.push({ title: "Make this line part of the question", range, text: "\\" });
  }
  return { range: rangeOf(error), severity: "error", message, hint, fixes };
}

/** `span` with the blanks before it, or with its line break if it is a whole line. */
function removal({ line, start, end }: Span, lines: readonly string[]): TextRange {
  const content = lines[line] ?? "";
  if (start > 0) return rangeOf({ line, start: content.slice(0, start).trimEnd().length, end });
  if (line + 1 < lines.length) return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  const before = Math.max(0, line - 1);
  return { start: { line: before, character: lines[before]?.length ?? 0 }, end: { line, character: end } };
}

/** One warning at the first line of a cell that does not run because of an error in a cell of defaults above. */
function inherited({ cell, line, message }: LocatedError, lines: readonly string[]): Diagnostic {
  return {
    range: rangeOf({ line: 0, start: 0, end: lines[0]?.length ?? 0 }),
    severity: "warning",
    message: `cell ${cell + 1} sets defaults for this cell and has an error in line ${line + 1}: ${message}`,
    hint: `this cell cannot run until cell ${cell + 1} is mended`,
    fixes: [],
  };
}

/** A column of a cell without a question: other than defaults, it has no effect on the cells below. */
function uselessColumn(said: CellDirective): Diagnostic[] {
  if (said.settings.column === undefined) return [];
  const message = `%${said.name.text} does nothing in a cell without a question`;
  const hint = "write it into the cell that asks; cells below do not inherit it";
  return [{ range: rangeOf(said), severity: "warning", message, hint, fixes: [] }];
}

function mediaDiagnostics(said: CellDirective, { missing, near }: FileFacts): Diagnostic[] {
  const at = rangeOf(said.value ?? said);
  return (said.settings.media ?? []).flatMap(({ kind, path }): Diagnostic[] => {
    if (missing.has(path)) {
      const meant = nearPath(path, near?.get(path) ?? []);
      const fixes = meant === undefined ? [] : [{ title: `Change to ${meant}`, range: at, text: quoteValue(meant) }];
      const hint = "paths are relative to the folder of the notebook";
      return [{ range: at, severity: "error", message: `there is no file ${path}`, hint, fixes }];
    }
    const looks = mediaKind(path);
    if (looks === undefined || looks === kind || isGif(path)) return [];
    const message = `${path} looks like ${looks === "image" ? "a picture" : "a video"}`;
    // Options of a video mean nothing for a picture, and pictures have none: the whole line is written anew.
    const fix = { title: `Use %${looks}`, range: rangeOf(said), text: formatDirective(looks, path) };
    return [{ range: at, severity: "warning", message, hint: `use %${looks}`, fixes: [fix] }];
  });
}

/** A GIF is a video that may also be asked for as an image. */
const isGif = (path: string) => /\.gif$/i.test(path);

function nearPath(path: string, names: readonly string[]): string | undefined {
  const folder = /^.*[/\\]/.exec(path)?.[0] ?? "";
  const possible = names.filter((name) => /^[^\r\n]+$/.test(name));
  const name = nearest(path.slice(folder.length), possible);
  return name === undefined ? undefined : folder + name;
}
