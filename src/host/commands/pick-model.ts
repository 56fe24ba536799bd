import { homedir } from "node:os";
import { l10n, ProgressLocation, type QuickPickItem, QuickPickItemKind, window } from "vscode";
import type { Kernel } from "../kernel.ts";
import { type ListedModel, listModels } from "../model-list.ts";
import { DEMO_MODEL } from "../models.ts";
import { readSettings, writeSetting } from "../settings.ts";

interface ModelItem extends QuickPickItem {
  readonly model?: string;
}

/** Lets the user choose the model for cells that name none: the demo model, an imported one, one of the model folders, or any folder. */
export async function pickModel(kernel: Kernel): Promise<void> {
  const settings = readSettings();
  const browse: ModelItem = {
    label: `$(folder-opened) ${l10n.t("Choose a Folder...")}`,
    detail: l10n.t("A Hugging Face checkpoint: config.json, *.safetensors, tokenizer.json"),
  };
  const items: ModelItem[] = [
    ...listModels(settings, "")
      .filter(({ isEmpty }) => !isEmpty)
      .map(modelItem),
    { label: "", kind: QuickPickItemKind.Separator },
    browse,
  ];
  const chosen = await window.showQuickPick(items, {
    title: l10n.t("The model that answers where a cell has no %model"),
    matchOnDetail: true,
  });
  if (!chosen) return;
  const model = chosen === browse ? await browseForModel() : chosen.model;
  if (model === undefined) return;
  if (model !== DEMO_MODEL) await checkModel(kernel, model);
  await writeSetting("model", model);
}

function modelItem({ name, folder, choice, source, precision, isDefault }: ListedModel): ModelItem {
  const isDemo = source === "embedded";
  const facts = [...(isDefault ? [l10n.t("current")] : []), ...(precision === undefined ? [] : [precision])];
  return {
    label: name,
    description: facts.join(" · "),
    detail: isDemo ? l10n.t("Comes with the extension; knows drawings of coloured shapes") : folder,
    model: choice,
  };
}

async function browseForModel(): Promise<string | undefined> {
  const [folder] =
    (await window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t("Use This Model"),
    })) ?? [];
  return folder?.fsPath;
}

/** Throws what is wrong with the model's files. */
async function checkModel(kernel: Kernel, model: string): Promise<void> {
  const title = l10n.t("Reading {0}", model);
  await window.withProgress({ location: ProgressLocation.Notification, title }, () =>
    kernel.describe({ model, base: homedir() }),
  );
}
