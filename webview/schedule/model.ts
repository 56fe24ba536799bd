import type { Cut, Plan, Planner } from "#core/cost/planner.ts";
import { formatMerge } from "#core/merge-settings.ts";
import { defaultPrune, formatPrune, type PruneSettings } from "#core/prune-settings.ts";
import type { RunRecord } from "#core/record.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";
import type { CellReduction } from "#protocol/analysis-api.ts";
import type { KeyFigure } from "../ui/key-figures.ts";
import { numberColumn, type Table } from "../ui/table.ts";
import type { Preset } from "./presets.ts";

/** What the plan begins with: what the run did, or, for a run of another method, the paper's default. */
export function firstCut({ settings, model }: RunRecord): Cut {
  if (settings.method === "aim") return { retention: settings.merge.retention, prune: settings.prune };
  return { retention: 0.25, prune: defaultPrune(model.decoder.layers) };
}

/** Equal in everything that is written into a cell. */
export function isSameCut(a: Cut, b: Cut): boolean {
  return a.retention === b.retention && formatPrune(a.prune) === formatPrune(b.prune);
}

/** Which of the presets `cut` is: `run` for that of the run, `own` for none. */
export function presetOf(cut: Cut, record: RunRecord, presets: readonly Preset[]): string {
  if (record.settings.method === "aim" && isSameCut(cut, firstCut(record))) return "run";
  return presets.find((preset) => isSameCut(preset.cut, cut))?.id ?? "own";
}

/** Method `aim` with `cut`; order and weighting of merging stay those of the run. */
export function reductionOf({ retention, prune }: Cut, { settings }: RunRecord): CellReduction {
  return { method: "aim", merge: { ...settings.merge, retention }, prune };
}

/** The lines that a cell will hold. */
export function directivesOf({ merge, prune }: CellReduction, record: RunRecord): readonly string[] {
  const method = record.settings.method === "aim" ? [] : ["%method aim"];
  return [...method, `%merge ${formatMerge(merge)}`, `%prune ${formatPrune(prune)}`];
}

/** The schedule with another first layer. The last one stays, or is pushed along. */
export function withFirstLayer(prune: PruneSettings | "off", layers: number, layer: number): PruneSettings {
  const { lastLayer } = linearOf(prune, layers);
  const firstLayer = within(layer, 0, layers - 1);
  return { kind: "linear", firstLayer, lastLayer: Math.max(lastLayer, firstLayer + 1) };
}

/** The schedule with another last layer, which may lie beyond the model. The first one stays, or is pushed along. */
export function withLastLayer(prune: PruneSettings | "off", layers: number, layer: number): PruneSettings {
  const { firstLayer } = linearOf(prune, layers);
  const lastLayer = within(layer, 1, lastLayerMost(layers));
  return { kind: "linear", firstLayer: Math.min(firstLayer, lastLayer - 1), lastLayer };
}

/** How far beyond the model a schedule can be dragged. */
export const lastLayerMost = (layers: number) => layers + Math.ceil(layers / 2);

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** A schedule with two layers to drag: `prune` itself, or the default. */
export function linearOf(
  prune: PruneSettings | "off",
  layers: number,
): Extract<PruneSettings, { readonly kind: "linear" }> {
  if (prune !== "off" && prune.kind === "linear") return prune;
  const preset = defaultPrune(layers);
  return preset.kind === "linear" ? preset : { kind: "linear", firstLayer: 0, lastLayer: layers };
}

/** What can be done with the schedule in the chart. */
export function chartNote(prune: PruneSettings | "off"): string {
  if (prune === "off") return "Turn pruning on to choose between which layers tokens go.";
  if (prune.kind === "linear") return "Drag the two marks, or move them with the arrow keys.";
  return "This schedule goes in steps; choose another preset to drag its layers.";
}

/** Tokens of the run and of the plan that enter one layer. */
export interface LayerTokens {
  readonly layer: number;
  readonly text: number;
  readonly runVisual: number;
  readonly plan: number;
}

export function layerTokens({ tokens }: RunRecord, { perLayer }: Plan): readonly LayerTokens[] {
  return tokens.perLayer.map((count, layer) => ({
    layer,
    text: tokens.text,
    runVisual: count - tokens.text,
    plan: perLayer[layer] ?? 0,
  }));
}

/** The end of the scale of tokens: that of a full run, halved as long as everything fits, so that dragging seldom changes it. */
export function tokenScale(rows: readonly LayerTokens[], full: number): number {
  const most = Math.max(1, ...rows.map(({ text, runVisual, plan }) => Math.max(text + runVisual, plan)));
  return full / 2 ** Math.max(0, Math.floor(Math.log2(full / most)));
}

/** What a plan saves, in the figures that matter most. */
export function planFigures(plan: Plan, full: Plan, record: RunRecord): readonly KeyFigure[] {
  const { aim, exact } = plan.cost;
  const run = record.cost;
  return [
    {
      value: `${formatCount(full.tokensMerged)} → ${formatCount(plan.tokensMerged)}`,
      label: "visual tokens into the LLM",
      detail: `${formatCount(meanVisual(plan, record))} on average over all layers`,
    },
    {
      value: fewer(exact.ratio),
      label: `${formatFlops(exact.tflops)}, exact`,
      detail: versusRun(run.exact.tflops / exact.tflops),
    },
    {
      value: fewer(aim.ratio),
      label: `${formatFlops(aim.tflops)}, LLM prefill by aim`,
      detail: versusRun(run.aim.tflops / aim.tflops),
    },
    {
      value: formatMs(plan.timeMs.firstToken),
      label: "to the first token, predicted",
      detail: `${formatMs(record.timeMs.firstToken)} in this run`,
    },
  ];
}

function fewer(ratio: number): string {
  return isOne(ratio) ? "1×" : `${formatTimes(ratio)} fewer`;
}

/** Whether a difference would not be seen in three digits. */
const isOne = (ratio: number) => Math.abs(ratio - 1) < 0.005;

function versusRun(ratio: number): string {
  if (isOne(ratio)) return "as many as in this run";
  return ratio > 1 ? `${formatTimes(ratio)} fewer than this run` : `${formatTimes(1 / ratio)} as many as this run`;
}

function meanVisual({ perLayer }: Pick<Plan, "perLayer">, { tokens }: RunRecord): number {
  return perLayer.reduce((sum, count) => sum + count - tokens.text, 0) / perLayer.length;
}

/** The plan beside the run and beside the run without cuts, one a row. Times of the run were measured, the others are predicted. */
export function planTable(plan: Plan, full: Plan, record: RunRecord): Table {
  const { tokens, cost, timeMs } = record;
  const run = { tokensMerged: tokens.merged, perLayer: tokens.perLayer, cost, timeMs };
  const row = (name: string, each: Omit<Plan, "cut">) => [
    name,
    each.tokensMerged,
    meanVisual(each, record),
    each.cost.exact.tflops,
    each.cost.aim.tflops,
    each.timeMs.merge,
    each.timeMs.prefill,
    each.timeMs.firstToken,
    each.timeMs.decode,
  ];
  return {
    columns: [
      { key: "what", title: "Run" },
      numberColumn("visualTokens", "Visual tokens", formatCount),
      numberColumn("meanVisualTokens", "A layer, mean", formatCount),
      numberColumn("exactTflops", "FLOPs, exact", formatFlops),
      numberColumn("aimTflops", "FLOPs, aim", formatFlops),
      numberColumn("mergeMs", "Merging", formatMs),
      numberColumn("prefillMs", "Prefill", formatMs),
      numberColumn("firstTokenMs", "First token", formatMs),
      numberColumn("decodeMs", "Decoding", formatMs),
    ],
    rows: [row("Plan (predicted)", plan), row("This run (measured)", run), row("No cuts (predicted)", full)],
  };
}

/** The tokens of every layer, planned and as run. */
export function layerTable(rows: readonly LayerTokens[]): Table {
  return {
    columns: [
      { key: "layer", title: "Layer", isNumber: true },
      numberColumn("plannedTokens", "Planned", formatCount),
      numberColumn("runTokens", "As run", formatCount),
      numberColumn("textTokens", "Of them text", formatCount),
    ],
    rows: rows.map(({ layer, text, runVisual, plan }) => [layer, plan, text + runVisual, text]),
  };
}

/** A planner's plan without any cut. */
export function fullPlan(planner: Planner): Plan {
  return planner.plan({ retention: 1, prune: "off" });
}
