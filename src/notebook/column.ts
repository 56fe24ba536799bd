import type { MergeSettings } from "#core/merge-settings.ts";
import type { MethodName } from "#core/methods.ts";
import type { PrecisionName } from "#core/precision.ts";
import { formatPrune, type PruneSettings } from "#core/prune-settings.ts";
import type { MediaReference, SettingsPatch } from "#core/settings.ts";
import { exactShare } from "#core/share.ts";

/** What a `%compare` line may say; what it leaves out is the cell's own. */
interface ColumnOptions {
  readonly method: MethodName;
  /** Retention after merging. */
  readonly merge: number;
  readonly order: MergeSettings["order"];
  readonly weighting: MergeSettings["weighting"];
  readonly prune: PruneSettings | "off";
  readonly frames: number;
  readonly precision: PrecisionName;
}

/** What a `%compare` line says. */
export interface SaidColumn {
  /** For people: `fastv, merge 50%`. */
  readonly label: string;
  readonly patch: SettingsPatch;
  readonly precision?: PrecisionName;
}

/** What of a run the columns of a cell differ in. */
interface ColumnSettings {
  readonly media: readonly MediaReference[];
  readonly patch: SettingsPatch;
  readonly precision?: PrecisionName;
}

/** One of the runs of a cell. */
export interface CellColumn extends ColumnSettings {
  /** What it says other than the cell's own settings, for people. */
  readonly label: string;
}

/** Reads the arguments of a `%compare` line together. */
export function sayColumn({ precision, ...said }: Partial<ColumnOptions>): SaidColumn {
  const { method, merge: retention, order, weighting, prune, frames } = said;
  const merge = {
    ...(retention !== undefined && { retention }),
    ...(order && { order }),
    ...(weighting && { weighting }),
  };
  const patch: SettingsPatch = {
    ...(method && { method }),
    ...(Object.keys(merge).length > 0 && { merge }),
    ...(prune && { prune }),
    ...(frames !== undefined && { frames }),
  };
  const words = [
    method,
    retention !== undefined && `merge ${retention === 1 ? "off" : exactShare(retention)}`,
    order && `order ${order}`,
    weighting && `weighting ${weighting}`,
    prune && `prune ${formatPrune(prune)}`,
    frames !== undefined && `${frames} ${frames === 1 ? "frame" : "frames"}`,
    precision,
  ];
  return { label: words.filter(Boolean).join(", "), patch, ...(precision && { precision }) };
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

function layColumn(own: ColumnSettings, { label, patch, precision }: SaidColumn): CellColumn {
  const { frames } = patch;
  const media =
    frames === undefined ? own.media : own.media.map((each) => (each.kind === "video" ? { ...each, frames } : each));
  const merge = patch.merge && { merge: { ...own.patch.merge, ...patch.merge } };
  return { label, ...own, media, patch: { ...own.patch, ...patch, ...merge }, ...(precision && { precision }) };
}
