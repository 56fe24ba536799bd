import { l10n, window } from "vscode";
import type { ImportRequest } from "#core/model-import.ts";
import { installedModels, isModelName } from "#library/installed-models.ts";
import { DEMO_MODEL } from "../models.ts";

/** Asks what a model shall be called, and before another one is replaced. Undefined if the user went away. */
export async function chooseName(suggested: string): Promise<Pick<ImportRequest, "name" | "replaces"> | undefined> {
  const name = await window.showInputBox({
    title: l10n.t("Name of the model"),
    prompt: l10n.t("Cells choose it with %model and this name."),
    value: suggested,
    ignoreFocusOut: true,
    validateInput: nameProblem,
  });
  if (!name) return undefined;
  if (!isTaken(name)) return { name };
  return (await mayReplace(name)) ? { name, replaces: true } : undefined;
}

function nameProblem(name: string): string | undefined {
  if (name === DEMO_MODEL) return l10n.t("The embedded model has this name");
  if (isModelName(name)) return undefined;
  return l10n.t("Letters, digits, dots, hyphens and underscores; it begins with a letter or digit");
}

/** Where the disk does not tell upper from lower case, neither do names. */
const isTaken = (name: string) => installedModels().some((model) => model.name.toLowerCase() === name.toLowerCase());

async function mayReplace(name: string): Promise<boolean> {
  const replace = l10n.t("Replace");
  const message = l10n.t("There is a model {0} already. Replace it?", name);
  const detail = l10n.t("It stays as it is until the new one is ready.");
  return (await window.showWarningMessage(message, { modal: true, detail }, replace)) === replace;
}
