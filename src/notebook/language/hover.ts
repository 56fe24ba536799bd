import { notOverruled } from "#core/budget-rules.ts";
import { formatBudget } from "#core/budget-target.ts";
import { layMerge } from "#core/merge-settings.ts";
import { METHODS } from "#core/methods.ts";
import type { CellSource } from "../cascade.ts";
import { parseCell } from "../cell.ts";
import { type Argument, type Directive, optionOf, usage } from "../directive.ts";
import { DIRECTIVES } from "../directives.ts";
import { codeSpan, fencedBlock } from "../markdown-text.ts";
import { type Origin, originsOf } from "../origins.ts";
import type { CellDirective } from "../read-directive.ts";
import { type CellView, type Decision, decisionOf, saidText, settingsOf, viewCell } from "./decision.ts";
import type { EditorContext } from "./editor-context.ts";
import { settingText } from "./setting-text.ts";
import { rangeOf, type TextPosition, type TextRange, touches } from "./text-range.ts";

export interface Hover {
  readonly markdown: string;
  /** The word that it is about. */
  readonly range: TextRange;
}

const isMedia = ({ value }: Directive) => value.files === "image" || value.files === "video";
const MEDIA = DIRECTIVES.filter(isMedia).map(({ name }) => name);

/**
 * What stands at `position` of the cell at `index`: what a directive, its value or an option means, and what is in effect there under the
 * cells above, the editor's settings and the model's preset. Undefined in questions and comments, and for what the language does not know.
 */
export function hoverAt(
  cells: readonly CellSource[],
  index: number,
  position: TextPosition,
  context: EditorContext,
): Hover | undefined {
  const cell = cells[index];
  if (cell?.cell_type !== "code") return undefined;
  const said = parseCell(cell.source).directives.find(({ line }) => line === position.line);
  if (said?.directive === undefined) return undefined;
  const { directive, name, options } = said;
  const at = position.character;
  const effect = () => effectText(viewCell(cells, index, context), said, directive);

  if (touches(name, at)) {
    const blocks = [fencedBlock(usage(directive), "aim"), directive.help, `Example: ${codeSpan(directive.example)}`];
    return { markdown: paragraphs(...blocks, ...effect()), range: rangeOf(name) };
  }
  const option = options.find((each) => touches({ ...each.name, end: each.value.end }, at));
  if (option) {
    const argument = optionOf(directive, option.name.text);
    const range = rangeOf({ ...option.name, end: option.value.end });
    return argument && { markdown: argumentText(argument), range };
  }
  const value = said.value ?? said.unclosed;
  if (value === undefined || !touches(value, at)) return undefined;
  const isMethod = directive.name === "method" || directive.name === "compare";
  const method = isMethod ? METHODS.find((each) => each.name === value.text) : undefined;
  const meaning = method ? `${codeSpan(method.name)} ${method.help}.` : "";
  return { markdown: paragraphs(argumentText(directive.value), meaning, ...effect()), range: rangeOf(value) };
}

const paragraphs = (...texts: readonly string[]) => texts.filter((text) => text !== "").join("\n\n");

const argumentText = ({ placeholder, help }: Argument<unknown>) => `${codeSpan(placeholder)}: ${help}`;

/** What a line does in its cell, in sentences. */
function effectText(view: CellView, said: CellDirective, directive: Directive): string[] {
  if (isMedia(directive)) return mediaEffect(view, said);
  return directive.name === "compare" ? columnEffect(view, said) : singleEffect(view, said, directive.name);
}

const NO_EFFECT = "This line has an error and does not count.";

function mediaEffect(view: CellView, said: CellDirective): string[] {
  if (said.errors.length > 0) return [NO_EFFECT];
  const above = originsOf(view.heard, MEDIA).find(({ cell }) => cell < view.index);
  const texts = above ? [`The media of this cell replace those of cell ${above.cell + 1}.`] : [];
  const isWhole = said.name.text === "video" && !said.options.some(({ name }) => name.text === "frames");
  return isWhole ? [...texts, `Frames: ${decisionText(decisionOf(view, "frames"), view)}.`] : texts;
}

function columnEffect({ question, heard, columns, context }: CellView, said: CellDirective): string[] {
  if (said.errors.length > 0) return [NO_EFFECT];
  if (question === "") return ["This cell asks nothing, so nothing is compared."];
  const lines = heard.at(-1)?.parsed.directives.filter(({ settings }) => settings.column) ?? [];
  const isAlone = lines.length === 1;
  const index = isAlone ? 1 : lines.findIndex(({ line }) => line === said.line);
  const patch = columns[index]?.patch ?? {};
  const settings = settingsOf(patch, context);
  const place = isAlone ? "Compared with the cell's own settings." : `Column ${index + 1} of ${columns.length}.`;
  const names = patch.budget ? ["method"] : ["method", "merge", "prune"];
  const budget = patch.budget ? [codeSpan(`budget ${formatBudget(patch.budget)}`)] : [];
  const texts = settings && [...names.map((name) => codeSpan(`${name} ${settingText(name, settings)}`)), ...budget];
  return texts ? [place, `In effect: ${texts.join(", ")}.`] : [place];
}

function singleEffect(view: CellView, said: CellDirective, name: string): string[] {
  const [first, second] = originsOf(view.heard, [name]);
  if (first?.cell !== view.index || first.said.line !== said.line) {
    if (name === "budget") return ["This line does not count."];
    return [`This line does not count. In effect: ${decisionText(decisionOf(view, name), view)}.`];
  }
  const texts = second ? [`Overrides ${codeSpan(saidText(second.said))}, ${place(second, view)}.`] : [];
  for (const other of overruledBy(first, view)) {
    texts.push(
      `Takes the place of ${codeSpan(`%${other.said.name.text} ${saidText(other.said)}`)}, ${place(other, view)}.`,
    );
  }
  if (view.question === "") texts.push("The default of all cells below that say nothing else.");
  const outcome = outcomeOf(view, first, name);
  if (outcome !== undefined) {
    texts.push(`In effect: ${codeSpan(outcome)}, by the method ${decisionText(decisionOf(view, "method"), view)}.`);
  }
  return texts;
}

/** Lines of cells above that do not count beside this one: a budget takes the place of cuts, and cuts that of a budget. */
function overruledBy({ cell, said }: Origin, { heard }: CellView): Origin[] {
  const names = said.name.text === "budget" ? ["method", "merge", "prune"] : ["budget"];
  return originsOf(heard, names).filter((other) => {
    const { patch = {} } = other.said.settings;
    const left = notOverruled(patch, said.settings.patch ?? {});
    return other.cell < cell && Object.keys(left).length < Object.keys(patch).length;
  });
}

/** What the method makes of a line that cuts tokens; undefined where that is what the line says. */
function outcomeOf({ settings, context }: CellView, { said }: Origin, name: string): string | undefined {
  const { merge, prune } = said.settings.patch ?? {};
  if (!settings || !context.preset || (merge === undefined && prune === undefined)) return undefined;
  const meant = {
    ...settings,
    merge: layMerge(context.preset.merge, merge),
    prune: prune ?? settings.prune,
  };
  const outcome = settingText(name, settings);
  return outcome === settingText(name, meant) ? undefined : outcome;
}

/** `25%`, from cell 3 */
function decisionText({ text, by }: Decision, view: CellView): string {
  if (by.kind === "line") return `${codeSpan(text ?? "")}, ${place(by, view)}`;
  if (text === undefined) return "what the model's preset says";
  return `${codeSpan(text)}, ${by.kind === "setting" ? `the setting ${codeSpan(`aim.${by.setting}`)}` : "by default"}`;
}

/** Cells and lines count from 1 for people. */
function place({ cell, said }: Origin, { index }: CellView): string {
  return cell === index ? `line ${said.line + 1} of this cell` : `from cell ${cell + 1}`;
}
