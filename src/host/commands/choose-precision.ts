import { l10n, type QuickPickItem, window } from "vscode";
import { AimError } from "#core/errors.ts";
import type { ImportPlan, ImportRequest } from "#core/model-import.ts";
import type { PrecisionName } from "#core/precision.ts";
import { formatBytes } from "#core/units.ts";
import { formatParameters } from "../model-facts.ts";

/** What is offered, in this order. */
const OFFERED: readonly PrecisionName[] = ["auto", "q8", "int8", "q4", "f32"];

/** The same request in every precision that is offered. Whether another model may be replaced is asked later. */
export function planned(request: ImportRequest): ImportRequest[] {
  return OFFERED.map((precision) => ({ ...request, precision, replaces: true }));
}

/**
 * Shows what was found and what each precision would take; `plans` are those of `planned`. Undefined if the user went away.
 *
 * Throws `invalid-model` with what makes the import impossible, at once or when that precision is chosen.
 */
export async function choosePrecision(plans: readonly ImportPlan[]): Promise<PrecisionName | undefined> {
  const items = plans.flatMap((plan, index) => {
    const precision = OFFERED[index];
    return precision === undefined ? [] : [{ ...itemOf(precision, plan), precision, plan }];
  });
  const [first] = plans;
  const possible = items.filter(({ plan }) => plan.problem === undefined);
  if (first === undefined || possible.length === 0) throw impossible(first);
  const chosen = await window.showQuickPick(items, {
    title: titleOf(first),
    placeHolder: l10n.t("Choose how the weights are held"),
    ignoreFocusOut: true,
  });
  if (chosen?.plan.problem) throw impossible(chosen.plan);
  return chosen?.precision;
}

/** `llava-onevision-7b: 8.03B parameters, llava-onevision, 16.1 GB to download` */
function titleOf({ name, downloadBytes, facts: { parameters, family } }: ImportPlan): string {
  const size = typeof parameters === "number" ? [l10n.t("{0} parameters", formatParameters(parameters))] : [];
  const download = downloadBytes > 0 ? [l10n.t("{0} to download", formatBytes(downloadBytes))] : [];
  return `${name}: ${[...size, ...(family === undefined ? [] : [family]), ...download].join(", ")}`;
}

function itemOf(precision: PrecisionName, { diskBytes, facts, problem }: ImportPlan): QuickPickItem {
  if (problem) return { label: `$(warning) ${precision}`, detail: problem.message };
  const resolved = precision === "auto" && facts.precision !== undefined ? [String(facts.precision)] : [];
  const written = diskBytes > 0 ? l10n.t("{0} on disk", formatBytes(diskBytes)) : l10n.t("used where it lies");
  return {
    label: precision,
    description: [...resolved, written].join(" · "),
    detail: detailOf(precision),
  };
}

function detailOf(precision: PrecisionName): string {
  if (precision === "auto") return l10n.t("What suits the model: exact if it is small, 8 bits if it is large");
  if (precision === "q8") return l10n.t("8-bit weights, 32-bit arithmetic");
  if (precision === "int8") return l10n.t("8-bit weights and arithmetic: fastest on a CPU, less exact");
  if (precision === "q4") return l10n.t("4-bit weights: for those short of memory, least exact");
  return l10n.t("32-bit floating point: exact, largest");
}

function impossible(plan: ImportPlan | undefined): AimError {
  const { message, hint } = plan?.problem ?? { message: l10n.t("nothing was found") };
  return new AimError("invalid-model", message, hint === undefined ? {} : { hint });
}
