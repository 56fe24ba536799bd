import { type BudgetTarget, budgetText, formatBudget } from "#core/budget-target.ts";
import type { Reduction } from "#core/method.ts";
import { formatPrune } from "#core/prune-settings.ts";
import type { RunRecord } from "#core/record.ts";
import { formatFlops, formatMs, formatShare, formatTimes } from "#core/units.ts";
import type { CellSource } from "../cascade.ts";
import { type CellView, type Decision, decisionOf, viewCell } from "./decision.ts";
import type { EditorContext } from "./editor-context.ts";

/** Where the thing that a short text tells is decided. Lines and cells are 0-based. */
export type StatusTarget =
  | { readonly kind: "line"; readonly cell: number; readonly line: number }
  | { readonly kind: "setting"; readonly setting: "aim.model" | "aim.device" | "aim.precision" };

/** A short text about a cell. */
export interface StatusItem {
  readonly id: "model" | "device" | "precision" | "retention" | "compared" | "flops" | "seconds";
  readonly text: string;
  readonly tooltip: string;
  /** Absent where the model's preset decides. */
  readonly target?: StatusTarget;
}

/** What is told of a run of a cell. */
export type RunFigures = Pick<RunRecord, "cost" | "timeMs" | "device" | "precision" | "cachedFrames">;

/**
 * What a cell that asks something runs with, and what its last run took, or its last runs together if it compared some; nothing for a cell of
 * defaults. Precision is told if it is chosen, retention as far as it is known.
 *
 * Throws `invalid-argument` if there is no code cell at `index`.
 */
export function cellStatus(
  cells: readonly CellSource[],
  index: number,
  context: EditorContext,
  runs: readonly RunFigures[] = [],
): StatusItem[] {
  const view = viewCell(cells, index, context);
  if (view.question === "") return [];
  const retention = view.columns.length > 1 ? columnsItem(view) : retentionItem(view);
  const [run, ...others] = runs;
  return [
    modelItem(decisionOf(view, "model")),
    deviceItem(decisionOf(view, "device"), run),
    ...precisionItems(decisionOf(view, "precision")),
    ...(retention ? [retention] : []),
    ...(run && others.length === 0 ? [flopsItem(run, retention?.target), secondsItem(run)] : []),
    ...(others.length > 0 ? [comparedItem(runs)] : []),
  ];
}

/** A click goes to the first column. */
function columnsItem({ columns, heard, index }: CellView): StatusItem {
  const line = heard.at(-1)?.parsed.directives.find(({ settings }) => settings.column)?.line ?? 0;
  return {
    id: "retention",
    text: `compares ${columns.length} settings`,
    tooltip: `One run each: ${columns.map(({ label }) => label).join("; ")}`,
    target: { kind: "line", cell: index, line },
  };
}

function comparedItem(runs: readonly RunFigures[]): StatusItem {
  const ms = runs.reduce((sum, { timeMs }) => sum + timeMs.total, 0);
  const flops = runs.map(({ cost }) => formatFlops(cost.exact.tflops));
  const tooltip = `The last runs took ${runs.map(({ timeMs }) => formatMs(timeMs.total)).join(", ")} and ${flops.join(", ")} (exact)`;
  return { id: "compared", text: `${runs.length} settings compared in ${formatMs(ms)}`, tooltip };
}

function modelItem(decision: Decision): StatusItem {
  const { text = "" } = decision;
  const name = text.split(/[\\/]/).findLast((part) => part !== "") ?? text;
  return { id: "model", text: name, tooltip: `Model: ${text} (${sourceOf(decision)})`, ...targetOf(decision) };
}

function deviceItem(decision: Decision, run: RunFigures | undefined): StatusItem {
  const { text = "" } = decision;
  const last = run ? `; the last run was on ${run.device}, ${run.precision}` : "";
  const shown = text === "auto" && run ? run.device : text;
  return {
    id: "device",
    text: shown,
    tooltip: `Device: ${text} (${sourceOf(decision)})${last}`,
    ...targetOf(decision),
  };
}

function precisionItems(decision: Decision): StatusItem[] {
  const { text = "auto" } = decision;
  if (text === "auto") return [];
  return [{ id: "precision", text, tooltip: `Precision: ${text} (${sourceOf(decision)})`, ...targetOf(decision) }];
}

/** What is cut, as far as it is known: without the preset, only what lines say. A click goes to the first line that says anything of it. */
function retentionItem(view: CellView): StatusItem | undefined {
  if (view.budget) return budgetItem(view.budget, decisionOf(view, "budget"));
  const names = ["merge", "prune", "method"] as const;
  const decisions = names.map((name) => ({ name, decision: decisionOf(view, name) }));
  const said = decisions.filter(({ decision }) => decision.by.kind === "line");
  const text = view.settings
    ? reductionText(view.settings.method, view.settings)
    : said.map(({ name, decision }) => (name === "method" ? decision.text : `${name} ${decision.text}`)).join(" · ");
  if (text === "") return undefined;
  const known = decisions.filter(({ decision }) => decision.text !== undefined);
  const reasons = known.map(({ name, decision }) => `${name} ${decision.text} (${sourceOf(decision)})`);
  const first = said[0]?.decision;
  return { id: "retention", text, tooltip: `Visual tokens: ${reasons.join(", ")}`, ...(first && targetOf(first)) };
}

/** A click goes to the line. */
function budgetItem(budget: BudgetTarget, decision: Decision): StatusItem {
  const tooltip = `Visual tokens: merged and pruned for ${budgetText(budget)} (${sourceOf(decision)})`;
  return { id: "retention", text: `budget ${formatBudget(budget)}`, tooltip, ...targetOf(decision) };
}

function reductionText(method: string, { merge, prune }: Reduction): string {
  const cuts = [
    ...(merge.retention < 1 ? [`merge ${formatShare(merge.retention)}`] : []),
    ...(prune === "off" ? [] : [`prune ${formatPrune(prune)}`]),
  ];
  const parts = [...(method === "aim" ? [] : [method]), ...cuts];
  return parts.length > 0 ? parts.join(" · ") : "all tokens";
}

function flopsItem({ cost: { aim, exact } }: RunFigures, target: StatusTarget | undefined): StatusItem {
  const saved = (ratio: number) => `${formatTimes(ratio)} fewer than with all tokens`;
  const tooltip = `LLM prefill of the last run: ${formatFlops(aim.tflops)}, ${saved(aim.ratio)} (convention aim); whole run: ${formatFlops(exact.tflops)}, ${saved(exact.ratio)} (exact)`;
  return { id: "flops", text: `${formatTimes(aim.ratio)} fewer FLOPs`, tooltip, ...(target && { target }) };
}

function secondsItem({ timeMs, cachedFrames }: RunFigures): StatusItem {
  const cached = cachedFrames > 0 ? `; ${cachedFrames} frames were encoded before` : "";
  const tooltip = `The last run took ${formatMs(timeMs.total)}, its first token ${formatMs(timeMs.firstToken)}${cached}`;
  return { id: "seconds", text: formatMs(timeMs.total), tooltip };
}

function sourceOf({ by }: Decision): string {
  if (by.kind === "line") return `cell ${by.cell + 1}, line ${by.said.line + 1}`;
  return by.kind === "setting" ? `setting aim.${by.setting}` : "by default";
}

function targetOf({ by }: Decision): { readonly target?: StatusTarget } {
  if (by.kind === "line") return { target: { kind: "line", cell: by.cell, line: by.said.line } };
  return by.kind === "setting" ? { target: { kind: "setting", setting: `aim.${by.setting}` } } : {};
}
