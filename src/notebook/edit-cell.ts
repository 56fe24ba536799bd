import { formatMerge, type MergeSettings } from "#core/merge-settings.ts";
import type { MethodName } from "#core/methods.ts";
import { formatPrune, type PruneSettings } from "#core/prune-settings.ts";
import { parseCell } from "./cell.ts";

/** What a cell is to say of how tokens are cut. */
export interface SaidReduction {
  readonly method: MethodName;
  readonly merge: MergeSettings;
  readonly prune: PruneSettings | "off";
}

export interface EditOptions {
  /** True if a cell above says a method, so that `aim` has to be said too. Default false. */
  readonly hasMethodAbove?: boolean;
}

/** The directives that are written, in their order, and those that they stand behind. */
const REDUCTION = ["method", "merge", "prune"] as const;
const MEDIA = ["image", "video"] as const;

/** The text of a line, and the line break that ends it; empty for the last. */
interface Line {
  readonly text: string;
  readonly end: string;
}

/**
 * The text of a cell, changed so that its directives say exactly `reduction`: `%merge` and `%prune` always, `%method` where the cell, a cell above or
 * `reduction` asks for one.
 *
 * Lines of these names are replaced where they stand; of two with one name, the second becomes a comment. A `%budget` would contradict them: the first
 * new line takes its place, or it becomes a comment. New lines stand behind them, else behind the media, else before the question. Everything else stays,
 * byte for byte. Options of `%merge` that are defaults are left out.
 */
export function withReduction(source: string, reduction: SaidReduction, options: EditOptions = {}): string {
  const { directives } = parseCell(source);
  const linesOf = (names: readonly string[]) =>
    directives.filter(({ name }) => names.includes(name.text)).map(({ line }) => line);
  const lines = splitLines(source);
  const setLine = (index: number, text: string) => lines.splice(index, 1, { text, end: lines[index]?.end ?? "" });
  const silence = (index: number) => setLine(index, `%% ${lines[index]?.text ?? ""}`);
  const missing: string[] = [];
  for (const name of REDUCTION) {
    const [first, ...others] = linesOf([name]);
    for (const other of others) silence(other);
    if (first !== undefined) setLine(first, directiveOf(name, reduction));
    else if (name !== "method" || reduction.method !== "aim" || options.hasMethodAbove === true) {
      missing.push(directiveOf(name, reduction));
    }
  }
  const [budget, ...budgets] = linesOf(["budget"]);
  const replacement = budget === undefined ? undefined : missing.shift();
  for (const other of budgets) silence(other);
  if (budget !== undefined) {
    if (replacement === undefined) silence(budget);
    else setLine(budget, replacement);
  }
  const places = linesOf(replacement === undefined ? REDUCTION : [...REDUCTION, "budget"]);
  const last = places.at(-1) ?? linesOf(MEDIA).at(-1);
  return joinLines(insert(lines, missing, last === undefined ? questionLine(lines) : last + 1));
}

function directiveOf(name: (typeof REDUCTION)[number], { method, merge, prune }: SaidReduction): string {
  const value = { method, merge: formatMerge(merge), prune: formatPrune(prune) };
  return `%${name} ${value[name]}`;
}

function splitLines(source: string): Line[] {
  const parts = source.split(/(\r\n|\r|\n)/);
  return parts.flatMap((text, i) => (i % 2 === 0 ? [{ text, end: parts[i + 1] ?? "" }] : []));
}

function joinLines(lines: readonly Line[]): string {
  return lines.map(({ text, end }) => text + end).join("");
}

/** The first line of the question; without one, the end. */
function questionLine(lines: readonly Line[]): number {
  const first = lines.findIndex(({ text }) => text.trim() !== "" && !text.startsWith("%"));
  if (first >= 0) return first;
  return lines.at(-1)?.text === "" ? lines.length - 1 : lines.length;
}

/** Puts lines before the one at `index`, with the line break of a neighbour. */
function insert(lines: readonly Line[], texts: readonly string[], index: number): Line[] {
  const before = lines.slice(0, index);
  const after = lines.slice(index);
  const end = before.at(-1)?.end || after[0]?.end || lines[0]?.end || "\n";
  const added = texts.map((text) => ({ text, end }));
  const last = before.at(-1);
  if (texts.length === 0 || last === undefined || last.end !== "") return [...before, ...added, ...after];
  // Behind the last line, which no line break ends: it gets one, and the new last line has none.
  const closed = [...before.slice(0, -1), { ...last, end }, ...added.slice(0, -1)];
  return [...closed, { text: texts.at(-1) ?? "", end: "" }];
}
