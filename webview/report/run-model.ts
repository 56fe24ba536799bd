import type { RunRecord } from "#core/record.ts";
import type { RunSettings } from "#core/settings.ts";
import { formatCount, formatFlops, formatMs, formatNumber, formatShare, formatTimes } from "#core/units.ts";
import type { LayerRow } from "../ui/layer-chart.tsx";
import { countPresent } from "../ui/token-grid.ts";

/** `merge 25%, prune 4..7` as one would write it in a cell; only what differs from the simplest is named. */
export function settingsText({ method, merge, prune, temperature, topP, seed }: RunSettings): string {
  if (method === "full") return "full: no merging, no pruning";
  const parts = [
    merge.retention === 1 ? "merge off" : `merge ${formatShare(merge.retention)}`,
    prune === "off" ? "prune off" : `prune ${prune.firstLayer}..${prune.lastLayer}`,
  ];
  if (merge.retention < 1 && merge.order !== "reference") parts.push(`order ${merge.order}`);
  if (merge.retention < 1 && merge.weighting !== "plain") parts.push(`weighting ${merge.weighting}`);
  if (temperature > 0) parts.push(`temperature ${formatNumber(temperature)}, top-p ${formatNumber(topP)}, seed ${seed}`);
  return parts.join(", ");
}

/** `392 → 105 → 0`: visual tokens after the vision tower, into the LLM, into its last layer. */
export function tokenPath({ tokens, visual, model }: RunRecord): string {
  const last = countPresent(visual, model.decoder.layers - 1);
  return [tokens.encoded, tokens.merged, last].map(formatCount).join(" → ");
}

/** A number worth a look, with what it is. */
export interface KeyFigure {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
}

/** The row of figures under an answer. */
export function keyFigures(record: RunRecord): readonly KeyFigure[] {
  const { cost, timeMs, device, precision, model, settings } = record;
  const decoding = settings.temperature === 0 ? "greedy" : "sampled";
  return [
    { value: tokenPath(record), label: "visual tokens", detail: "encoded → into the LLM → into its last layer" },
    {
      value: formatTimes(cost.exact.ratio),
      label: "fewer FLOPs in all",
      detail: `convention exact; LLM prefill alone ${formatTimes(cost.aim.ratio)} by convention aim`,
    },
    { value: formatMs(timeMs.firstToken), label: "to the first token", detail: `${formatMs(timeMs.total)} to the last` },
    { value: `${deviceName(device)}, ${precision}`, label: model.name, detail: parameterCount(model.parameters) },
    { value: settings.method, label: settingsText(settings), detail: `${decoding}, up to ${settings.maxTokens} tokens` },
  ];
}

const DEVICE_NAMES = { cpu: "CPU", webgpu: "WebGPU", cuda: "CUDA" } as const;

/** The name of a device as people write it. */
export function deviceName(device: RunRecord["device"]): string {
  return DEVICE_NAMES[device];
}

function parameterCount(parameters: number): string {
  const [size, unit] = parameters >= 1e9 ? [1e9, "billion"] : [1e6, "million"];
  return `${formatNumber(parameters / size)} ${unit} parameters`;
}

/** One bar of the comparison of a run with what it would have cost without merging and pruning. */
export interface ConventionModel {
  readonly name: "aim" | "exact";
  readonly counts: string;
  readonly run: string;
  readonly full: string;
  readonly ratio: string;
}

/** Both conventions, each with what it counts. */
export function conventions({ cost }: RunRecord): readonly ConventionModel[] {
  const row = (name: "aim" | "exact", counts: string) => ({
    name,
    counts,
    run: formatFlops(cost[name].tflops),
    full: formatFlops(cost[name].fullTflops),
    ratio: formatTimes(cost[name].ratio),
  });
  return [
    row("exact", "everything this run executed, stage by stage"),
    row("aim", "LLM layers at prefill only, as the authors' code counts them"),
  ];
}

/** The layer that shows most: the last one that visual tokens enter, if any were dropped before the end; else the first. */
export function initialLayer({ visual, model }: RunRecord): number {
  const last = visual.lastLayer.reduce((latest, layer) => Math.max(latest, layer), 0);
  const isPruned = visual.lastLayer.some((layer) => layer < model.decoder.layers - 1);
  return isPruned ? last : 0;
}

/** Text and visual tokens that enter each layer. */
export function layerRows({ visual, tokens }: RunRecord): readonly LayerRow[] {
  return tokens.perLayer.flatMap((_, layer) => [
    { layer, kind: "text" as const, tokens: tokens.text },
    { layer, kind: "visual" as const, tokens: countPresent(visual, layer) },
  ]);
}

/** Tokens that would enter every layer without merging and pruning: text, encoded and newlines. */
export function fullTokens({ tokens, visual }: RunRecord): number {
  const newlines = visual.count - new Set(visual.mergedInto).size;
  return tokens.text + tokens.encoded + newlines;
}
