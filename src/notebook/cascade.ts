import { notOverruled } from "#core/budget-rules.ts";
import { AimError } from "#core/errors.ts";
import type { PrecisionName } from "#core/precision.ts";
import type { DeviceName, MediaReference, SettingsPatch } from "#core/settings.ts";
import type { ParsedCell } from "./cell.ts";
import { type CellColumn, layColumns } from "./column.ts";
import type { CellSettings } from "./directive.ts";
import { parsedCell } from "./parsed-cell.ts";
import type { CellError } from "./read-directive.ts";

/** The part of a notebook's cell that the cascade reads. */
export interface CellSource {
  readonly cell_type: "code" | "markdown" | "raw";
  readonly source: string;
}

/** An error in the cell itself or in a cell above that sets defaults for it. */
export interface LocatedError extends CellError {
  /** Index among all cells of the notebook. */
  readonly cell: number;
}

/** What a run of one cell needs. */
export interface EffectiveCell {
  /** Empty if the cell only sets defaults, so that there is nothing to run. */
  readonly question: string;
  /** Paths as written: relative ones start at the notebook's folder. */
  readonly media: readonly MediaReference[];
  readonly model?: string;
  readonly device?: DeviceName;
  readonly precision?: PrecisionName;
  readonly visionPrecision?: PrecisionName;
  readonly patch: SettingsPatch;
  /** The runs of the cell: one with its own settings, or two to six that it compares. */
  readonly columns: readonly CellColumn[];
  /** A cell with errors must not be run: see checkCell. */
  readonly errors: readonly LocatedError[];
}

/**
 * The code cell at `index` under the defaults of the cells above it, in document order; nothing depends on what was run.
 *
 * A code cell without a question sets defaults for all cells below it. The nearest directive of a name wins and replaces the one above it
 * wholly, options included. Media do so together: a cell that names media has these only, else those of the nearest cell above that names any.
 * Columns are never inherited: a comparison takes several runs, so that a cell must say itself that it is one.
 *
 * Throws `invalid-argument` if there is no code cell at `index`.
 */
export function effectiveCell(cells: readonly CellSource[], index: number): EffectiveCell {
  return effectOf(heardCells(cells, index));
}

/** What the last of `heard` comes to under those above it. */
export function effectOf(heard: readonly HeardCell[]): EffectiveCell {
  const said = heard.reduce<CellSettings>((above, { parsed }) => lay(above, settingsOf(parsed)), {});
  const errors = heard.flatMap(({ cell, parsed }) => parsed.errors.map((error) => ({ ...error, cell })));
  const { media = [], patch = {}, column, ...rest } = said;
  const own = heard.at(-1)?.parsed;
  const columns = (own?.directives ?? []).flatMap(({ settings }) => settings.column ?? []);
  const { precision, visionPrecision } = rest;
  const precisions = { ...(precision && { precision }), ...(visionPrecision && { visionPrecision }) };
  return {
    question: own?.question ?? "",
    media,
    ...rest,
    patch,
    columns: layColumns({ media, patch, ...precisions }, columns),
    errors,
  };
}

/** A cell that has a say in what another one does. */
export interface HeardCell {
  /** Index among all cells of the notebook. */
  readonly cell: number;
  readonly parsed: ParsedCell;
}

/**
 * The code cells that count for the one at `index`, in document order: those above it without a question, then itself.
 *
 * Throws `invalid-argument` if there is no code cell at `index`.
 */
export function heardCells(cells: readonly CellSource[], index: number): HeardCell[] {
  if (cells[index]?.cell_type !== "code") {
    throw new AimError("invalid-argument", `there is no code cell at index ${index}`, {
      hint: "only code cells can be run",
    });
  }
  return cells.slice(0, index + 1).flatMap(({ cell_type, source }, cell) => {
    if (cell_type !== "code") return [];
    const parsed = parsedCell(source);
    return cell === index || parsed.question === "" ? [{ cell, parsed }] : [];
  });
}

/** Throws `invalid-argument` with the first error of `cell`, if it has one. Lines and cells count from 1 in the message. */
export function checkCell({ errors }: EffectiveCell): void {
  const [first] = errors;
  if (first === undefined) return;
  const hint = first.suggestion === undefined ? first.hint : `did you mean ${first.suggestion}?`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const message = `cell ${first.cell + 1}, line ${first.line + 1}: ${first.message}${more}`;
  throw new AimError("invalid-argument", message, hint === undefined ? {} : { hint });
}

/** What the directives of one cell say together: media add up, the others differ in name. */
function settingsOf({ directives }: ParsedCell): CellSettings {
  const media = directives.flatMap(({ settings }) => settings.media ?? []);
  const all = directives.reduce<CellSettings>((said, { settings }) => lay(said, settings), {});
  return media.length > 0 ? { ...all, media } : all;
}

/** `over` laid over `base`, setting by setting. */
function lay(base: CellSettings, over: CellSettings): CellSettings {
  const { patch = {} } = over;
  return { ...base, ...over, patch: { ...notOverruled(base.patch ?? {}, patch), ...patch } };
}
