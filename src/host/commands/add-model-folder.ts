import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { l10n, window } from "vscode";
import { AimError } from "#core/errors.ts";
import { missingFiles, modelFacts } from "../model-facts.ts";
import { listModels } from "../model-list.ts";
import { type ModelFolder, modelsIn } from "../models.ts";
import { readSettings, writeModelFolders, writeSetting } from "../settings.ts";

/** Lets the user choose a folder that is a checkpoint or holds some, and adds it to the model folders. Nothing is copied. */
export async function addModelFolder(): Promise<void> {
  const [chosen] =
    (await window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t("Add to List"),
      title: l10n.t("A checkpoint in the Hugging Face layout, or a folder with several"),
    })) ?? [];
  if (!chosen) return;
  const models = await checkFolder(chosen.fsPath);
  const settings = readSettings();
  const known = listModels(settings, "").map(({ folder }) => folder);
  if (!models.every(({ folder }) => known.includes(folder))) {
    await writeModelFolders([...settings.modelFolders, chosen.fsPath]);
  }
  await offerToUse(models);
}

/** The checkpoints of a folder. Throws `invalid-model` with what is missing if there are none. */
async function checkFolder(folder: string): Promise<readonly ModelFolder[]> {
  const models = modelsIn(folder);
  if (models.length === 0 || models[0]?.folder === folder) {
    const missing = missingFiles(await readdir(folder));
    if (missing.length > 0) throw notWhole(folder, missing);
  }
  return models;
}

function notWhole(folder: string, missing: readonly string[]): AimError {
  const message = l10n.t("{0} is no checkpoint and holds none: {1} missing", basename(folder), missing.join(", "));
  return new AimError("invalid-model", message, {
    hint: l10n.t("choose the folder of a whole Hugging Face checkpoint: config.json, tokenizer.json, *.safetensors"),
  });
}

async function offerToUse(models: readonly ModelFolder[]): Promise<void> {
  const [first, ...others] = models;
  if (first === undefined || others.length > 0) {
    void window.showInformationMessage(l10n.t("{0} models are in the list", models.length));
    return;
  }
  const { problem } = await modelFacts(first.folder);
  if (problem !== undefined) {
    void window.showWarningMessage(l10n.t("{0} is in the list, but cannot be used: {1}", first.name, problem));
    return;
  }
  const use = l10n.t("Use as Default");
  const choice = await window.showInformationMessage(l10n.t("{0} is in the list", first.name), use);
  const listed = listModels(readSettings(), "").find(({ folder }) => folder === first.folder);
  if (choice === use && listed) await writeSetting("model", listed.choice);
}
