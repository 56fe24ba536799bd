import { formatPrune } from "#core/prune-settings.ts";
import type { RunRecord } from "#core/record.ts";
import type { RunSettings } from "#core/settings.ts";
import { formatCount, formatMs, formatNumber, formatShare, formatTimes } from "#core/units.ts";
import { countPresent } from "./token-grid.ts";
import { countNewlines } from "./token-layers.ts";

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

function tokenFigure(record: RunRecord): KeyFigure {
  const { tokens, visual } = record;
  if (tokens.encoded === 0) {
    return { value: formatCount(tokens.text), label: "text tokens", detail: "no pictures or videos" };
  }
  const newlines = countNewlines(visual);
  const note = newlines === 0 ? "" : ` (with ${newlines === 1 ? "one newline" : `${newlines} newlines`})`;
  const detail = `encoded → into the LLM${note} → into its last layer`;
  return { value: tokenPath(record), label: "visual tokens", detail };
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
    tokenFigure(record),
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
