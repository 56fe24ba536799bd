import type { BudgetTarget } from "#core/budget-target.ts";
import { AimError } from "#core/errors.ts";
import { type RunSettings, resolveSettings, type SettingsPatch } from "#core/settings.ts";
import { type CellSource, effectOf, type HeardCell, heardCells } from "../cascade.ts";
import type { CellColumn } from "../column.ts";
import { type Origin, originsOf } from "../origins.ts";
import type { CellDirective } from "../read-directive.ts";
import type { EditorContext } from "./editor-context.ts";
import { settingText } from "./setting-text.ts";

/** A code cell under everything that decides about it. */
export interface CellView {
  readonly index: number;
  readonly question: string;
  readonly heard: readonly HeardCell[];
  readonly context: EditorContext;
  /** What a run takes; undefined without the model's preset, or where the settings contradict each other. */
  readonly settings: RunSettings | undefined;
  /** What merging and pruning are chosen for, in the place of what `settings` say of them. */
  readonly budget: BudgetTarget | undefined;
  /** Its runs: several if it compares settings. */
  readonly columns: readonly CellColumn[];
}

/** What a directive comes to in a cell, and why. */
export interface Decision {
  /** As the directive would say it; undefined where the model's preset decides and is not known. */
  readonly text: string | undefined;
  readonly by:
    | ({ readonly kind: "line" } & Origin)
    | { readonly kind: "setting"; readonly setting: "model" | "device" | "precision" }
    | { readonly kind: "preset" };
}

/** Looks at the code cell at `index`. Throws `invalid-argument` if there is none. */
export function viewCell(cells: readonly CellSource[], index: number, context: EditorContext): CellView {
  const heard = heardCells(cells, index);
  const { question, patch, columns } = effectOf(heard);
  return { index, question, heard, context, settings: settingsOf(patch, context), budget: patch.budget, columns };
}

/** What a run with `patch` takes; undefined without the model's preset, or where the settings contradict each other. */
export function settingsOf(patch: SettingsPatch, { preset }: EditorContext): RunSettings | undefined {
  try {
    return preset && resolveSettings(preset, patch);
  } catch (error) {
    if (error instanceof AimError) return undefined; // a run says what is wrong
    throw error;
  }
}

/** What decides the directive `name`, which is none of media. */
export function decisionOf({ heard, context, settings }: CellView, name: string): Decision {
  const [origin] = originsOf(heard, [name]);
  if (origin) return { text: saidText(origin.said), by: { kind: "line", ...origin } };
  if (name === "model" || name === "device" || name === "precision") {
    return { text: context.defaults[name], by: { kind: "setting", setting: name } };
  }
  return { text: settings && settingText(name, settings), by: { kind: "preset" } };
}

/** Value and options of a directive, one blank apart. */
export function saidText({ value, options }: CellDirective): string {
  return [value?.text ?? "", ...options.map((option) => `${option.name.text}=${option.value.text}`)].join(" ");
}
