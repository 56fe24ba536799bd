import { budgetText } from "#core/budget-target.ts";
import type { RunRecord } from "#core/record.ts";
import { settingsText } from "#core/settings-text.ts";
import { formatCount, formatMs, formatNumber, formatTimes } from "#core/units.ts";
import { countPresent } from "./token-grid.ts";
import { countNewlines } from "./token-layers.ts";

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
  const { cost, timeMs, device, precision, model, settings, budget } = record;
  const isReduced = cost.exact.tflops !== cost.exact.fullTflops;
  const decoding = settings.temperature === 0 ? "greedy" : "sampled";
  const chosen = budget ? `chosen for ${budgetText(budget.target)}; ` : "";
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
      detail: `${chosen}${decoding}, up to ${settings.maxTokens} tokens`,
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
