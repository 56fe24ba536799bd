import { checkBudget, notOverruled } from "#core/budget-rules.ts";
import { type BudgetTarget, formatBudget } from "#core/budget-target.ts";
import type { MergeSettings } from "#core/merge-settings.ts";
import type { MethodName } from "#core/methods.ts";
import type { PrecisionName } from "#core/precision.ts";
import { formatPrune, type PruneSettings } from "#core/prune-settings.ts";
import type { MediaReference, SettingsPatch } from "#core/settings.ts";
import { exactShare } from "#core/share.ts";
import { formatSimilar } from "#core/vision-settings.ts";

/** What a `%compare` line may say; what it leaves out is the cell's own. */
interface ColumnOptions {
  readonly method: MethodName;
  /** Retention after merging. */
  readonly merge: number;
  readonly order: MergeSettings["order"];
  readonly weighting: MergeSettings["weighting"];
  readonly prune: PruneSettings | "off";
  readonly budget: BudgetTarget;
  readonly frames: number;
  readonly precision: PrecisionName;
  /** Of VisionSettings: its retention. */
  readonly vision_merge: number;
  readonly similar: number;
  readonly vision_precision: PrecisionName;
}

/** What a `%compare` line says. */
export interface SaidColumn {
  /** For people: `fastv, merge 50%`. */
  readonly label: string;
  readonly patch: SettingsPatch;
  readonly precision?: PrecisionName;
  readonly visionPrecision?: PrecisionName;
}

/** What of a run the columns of a cell differ in. */
interface ColumnSettings {
  readonly media: readonly MediaReference[];
  readonly patch: SettingsPatch;
  readonly precision?: PrecisionName;
  readonly visionPrecision?: PrecisionName;
}

/** One of the runs of a cell. */
export interface CellColumn extends ColumnSettings {
  /** What it says other than the cell's own settings, for people. */
  readonly label: string;
}

/** Reads the arguments of a `%compare` line together. Throws `invalid-argument` for a budget beside what it contradicts. */
export function sayColumn({
  precision,
  vision_precision: visionPrecision,
  ...said
}: Partial<ColumnOptions>): SaidColumn {
  const { method, merge: retention, order, weighting, prune, budget, frames, vision_merge: tower, similar } = said;
  const vision = { ...(tower !== undefined && { retention: tower }), ...(similar !== undefined && { similar }) };
  const merge = {
    ...(retention !== undefined && { retention }),
    ...(order && { order }),
    ...(weighting && { weighting }),
  };
  const patch: SettingsPatch = {
    ...(method && { method }),
    ...(Object.keys(merge).length > 0 && { merge }),
    ...(prune && { prune }),
    ...(budget && { budget }),
    ...(Object.keys(vision).length > 0 && { vision }),
    ...(frames !== undefined && { frames }),
  };
  checkBudget(patch, (word) => (word === "method" ? word : `${word}=`));
  const words = [
    method,
    retention !== undefined && `merge ${retention === 1 ? "off" : exactShare(retention)}`,
    order && `order ${order}`,
    weighting && `weighting ${weighting}`,
    prune && `prune ${formatPrune(prune)}`,
    budget && `budget ${formatBudget(budget)}`,
    frames !== undefined && `${frames} ${frames === 1 ? "frame" : "frames"}`,
    precision,
    tower !== undefined && `tower ${tower === 1 ? "off" : exactShare(tower)}`,
    similar !== undefined && `similar ${formatSimilar(similar)}`,
    visionPrecision && `tower ${visionPrecision}`,
  ];
  const precisions = { ...(precision && { precision }), ...(visionPrecision && { visionPrecision }) };
  return { label: words.filter(Boolean).join(", "), patch, ...precisions };
}

/**
 * The columns of a cell whose own settings are `own`: what was said, each laid over these setting by setting. The cell's own settings come
 * first where nothing was said, and where a lone column is compared with them. `frames` of a column holds for every video, even one that
 * says its own number.
 */
export function layColumns(own: ColumnSettings, said: readonly SaidColumn[]): CellColumn[] {
  const columns = said.map((column) => layColumn(own, column));
  return columns.length > 1 ? columns : [{ label: "own settings", ...own }, ...columns];
}

function layColumn(own: ColumnSettings, { label, patch, ...precisions }: SaidColumn): CellColumn {
  const { frames } = patch;
  const media =
    frames === undefined ? own.media : own.media.map((each) => (each.kind === "video" ? { ...each, frames } : each));
  const base = notOverruled(own.patch, patch);
  const merge = patch.merge && { merge: { ...base.merge, ...patch.merge } };
  const vision = patch.vision && { vision: { ...base.vision, ...patch.vision } };
  return { label, ...own, media, patch: { ...base, ...patch, ...merge, ...vision }, ...precisions };
}
