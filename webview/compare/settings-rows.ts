import { formatBudget } from "#core/budget-target.ts";
import { formatPrune } from "#core/prune-settings.ts";
import type { RunRecord } from "#core/record.ts";
import { exactShare } from "#core/share.ts";
import { formatCount, formatNumber } from "#core/units.ts";
import { formatSimilar } from "#core/vision-settings.ts";
import { deviceName } from "../ui/key-figures.ts";

/** A setting of every run, as people write it. */
interface SettingRow {
  readonly name: string;
  /** [runs] */
  readonly values: readonly string[];
}

/** The settings of runs, in those that differ and those that are the same in all. */
export interface SettingRows {
  readonly differing: readonly SettingRow[];
  readonly same: readonly { readonly name: string; readonly value: string }[];
}

const SETTINGS: readonly { readonly name: string; readonly value: (record: RunRecord) => string }[] = [
  { name: "method", value: ({ settings }) => settings.method },
  { name: "merge", value: ({ settings }) => mergeText(settings.merge.retention) },
  { name: "merge order", value: ({ settings: { merge } }) => (merge.retention === 1 ? "" : merge.order) },
  { name: "merge weighting", value: ({ settings: { merge } }) => (merge.retention === 1 ? "" : merge.weighting) },
  { name: "prune", value: ({ settings }) => formatPrune(settings.prune) },
  { name: "budget", value: ({ budget }) => (budget ? formatBudget(budget.target) : "") },
  { name: "media", value: ({ media }) => media.map(({ name }) => name).join(", ") },
  { name: "frames", value: ({ media }) => media.map(({ frames }) => formatCount(frames.length)).join(", ") },
  { name: "model", value: ({ model }) => model.name },
  { name: "device", value: ({ device }) => deviceName(device) },
  { name: "precision", value: ({ precision }) => precision },
  { name: "vision precision", value: ({ precision, visionPrecision }) => visionPrecision ?? precision },
  { name: "vision merge", value: ({ settings }) => mergeText(settings.vision.retention) },
  { name: "similar frames", value: ({ settings }) => formatSimilar(settings.vision.similar) },
  { name: "temperature", value: ({ settings }) => formatNumber(settings.temperature) },
  { name: "top-p", value: ({ settings }) => (settings.temperature === 0 ? "" : formatNumber(settings.topP)) },
  { name: "seed", value: ({ settings }) => String(settings.seed) },
  { name: "max tokens", value: ({ settings }) => formatCount(settings.maxTokens) },
];

/** `25%` or `off`. */
export function mergeText(retention: number): string {
  return retention === 1 ? "off" : exactShare(retention);
}

/** A run of which a setting says nothing, such as the order of a merging that is off, does not count for it. */
export function settingRows(records: readonly RunRecord[]): SettingRows {
  const rows = SETTINGS.map(({ name, value }) => ({ name, values: records.map(value) }));
  const said = ({ values }: SettingRow) => [...new Set(values.filter((value) => value !== ""))];
  return {
    differing: rows.filter((row) => said(row).length > 1),
    same: rows.flatMap((row) => {
      const [value, ...others] = said(row);
      return value === undefined || others.length > 0 ? [] : [{ name: row.name, value }];
    }),
  };
}
