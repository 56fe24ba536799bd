import { formatPrune } from "#core/prune-settings.ts";
import type { RunRecord, VisualRecord } from "#core/record.ts";
import type { RunSettings } from "#core/settings.ts";
import { formatCount, formatMs, formatNumber, formatShare, formatTimes } from "#core/units.ts";
import type { LayerRow } from "../ui/layer-chart.tsx";
import { countPresent } from "../ui/token-grid.ts";

/** `merge 25%, prune 4..7` as one would write it in a cell; only what differs from the simplest is named. */
export function settingsText({ method, merge, prune, temperature, topP, seed }: RunSettings): string {
  if (method === "full") return "no merging, no pruning";
  const parts = [
    merge.retention === 1 ? "merge off" : `merge ${formatShare(merge.retention)}`,
    `prune ${formatPrune(prune)}`,
  ];
  if (merge.retention < 1 && merge.order !== "reference") parts.push(`order ${merge.order}`);
  if (merge.retention < 1 && merge.weighting !== "plain") parts.push(`weighting ${merge.weighting}`);
  if (temperature > 0)
    parts.push(`temperature ${formatNumber(temperature)}, top-p ${formatNumber(topP)}, seed ${seed}`);
  // A line may end between two settings, not within one.
  return parts.map((part) => part.replaceAll(" ", "\u00a0")).join(", ");
}

/** `392 → 105 → 0`: visual tokens after the vision tower, into the LLM, into its last layer. */
export function tokenPath({ tokens, visual, model }: RunRecord): string {
  const last = countPresent(visual, model.decoder.layers - 1);
  return [tokens.encoded, tokens.merged, last].map(formatCount).join(" → ");
}

function tokenPathText(record: RunRecord): string {
  const newlines = countNewlines(record.visual);
  const note = newlines === 0 ? "" : ` (with ${newlines === 1 ? "one newline" : `${newlines} newlines`})`;
  return `encoded → into the LLM${note} → into its last layer`;
}

/** Visual tokens that stand for the end of a row or a video rather than for encoded tokens. */
function countNewlines({ count, mergedInto }: VisualRecord): number {
  return count - new Set(mergedInto.filter((token) => token >= 0)).size;
}

const FINISHES = {
  stop: undefined,
  length: "The answer was cut at the greatest number of tokens.",
  cancelled: "The run was cancelled before its end.",
} as const;

/** What a reader should know before trusting the figures. */
export function notices({ notices: given, finish, cachedFrames }: RunRecord): readonly string[] {
  const frames = cachedFrames === 1 ? "one frame" : `${cachedFrames} frames`;
  const cached =
    cachedFrames === 0 ? undefined : `The vision tower did not run for ${frames} whose features were known already.`;
  return [...given, FINISHES[finish], cached].filter((notice) => notice !== undefined);
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
  const isReduced = cost.exact.tflops !== cost.exact.fullTflops;
  const decoding = settings.temperature === 0 ? "greedy" : "sampled";
  return [
    { value: tokenPath(record), label: "visual tokens", detail: tokenPathText(record) },
    {
      value: formatTimes(cost.exact.ratio),
      label: isReduced ? "fewer FLOPs in all" : "the FLOPs of a full run",
      detail: `convention exact; LLM prefill alone ${formatTimes(cost.aim.ratio)} by convention aim`,
    },
    {
      value: formatMs(timeMs.firstToken),
      label: "to the first token",
      detail: `${formatMs(timeMs.total)} to the last`,
    },
    { value: `${deviceName(device)}, ${precision}`, label: model.name, detail: parameterCount(model.parameters) },
    {
      value: settings.method,
      label: settingsText(settings),
      detail: `${decoding}, up to ${settings.maxTokens} tokens`,
    },
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
  return tokens.text + tokens.encoded + countNewlines(visual);
}
