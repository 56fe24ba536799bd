import { commands, env, l10n, Uri, window } from "vscode";
import { removeModel as removeInstalledModel } from "#library/installed-models.ts";
import { type ListedModel, listModels } from "../model-list.ts";
import { DEMO_MODEL } from "../models.ts";
import { readSettings, writeModelFolders, writeSetting } from "../settings.ts";
import type { ModelsView } from "../views/models-view.ts";
import { addModelFolder } from "./add-model-folder.ts";
import { type DownloadTools, downloadModel } from "./download-model.ts";
import { importModel } from "./import-model.ts";

/** The commands of the list of models, by what follows `aim.` in their names. */
export function modelActions(view: ModelsView, parts: Omit<DownloadTools, "onChange">) {
  const tools: DownloadTools = { ...parts, onChange: () => view.refresh() };
  return {
    importModel: (folder?: unknown) => importModel(tools, folder instanceof Uri ? folder : undefined),
    downloadModel: () => downloadModel(tools),
    addModelFolder: () => addModelFolder(),
    setHubToken: () => tools.token.ask(),
    useModel: ({ choice }: ListedModel) => writeSetting("model", choice),
    revealModel: async ({ folder }: ListedModel) => commands.executeCommand("revealFileInOS", Uri.file(folder)),
    copyModelPath: async ({ folder }: ListedModel) => env.clipboard.writeText(folder),
    removeModel: (model: ListedModel) => removeModel(model),
    deleteModel: (model: ListedModel) => deleteModel(model, tools.onChange),
    refreshModels: async () => view.refresh(),
  } as const;
}

/** Deletes what an import made, once the user has said so; a checkpoint that is used where it lies stays. */
async function deleteModel({ name, isDefault }: ListedModel, onChange: () => void): Promise<void> {
  const yes = l10n.t("Delete");
  const detail = l10n.t("The files that the import wrote are deleted. What it was imported from stays.");
  if ((await window.showWarningMessage(l10n.t("Delete {0}?", name), { modal: true, detail }, yes)) !== yes) return;
  removeInstalledModel(name);
  if (isDefault) await writeSetting("model", DEMO_MODEL);
  onChange();
}

/** Takes a model out of the settings: its entry of the model folders, which may hold others, or the path in aim.model. */
async function removeModel({ source, entry, folder, name }: ListedModel): Promise<void> {
  const settings = readSettings();
  const leaving = listModels(settings, "").filter((model) => source === "folders" && model.entry === entry);
  const yes = l10n.t("Remove from List");
  const names = leaving.length > 1 ? leaving.map((model) => model.name).join(", ") : name;
  const detail = l10n.t("{0} is taken out of the settings. No file is deleted.", entry ?? folder);
  const choice = await window.showWarningMessage(
    l10n.t("Remove {0} from the list?", names),
    { modal: true, detail },
    yes,
  );
  if (choice !== yes) return;
  if (source === "setting" || leaving.some(({ isDefault }) => isDefault)) await writeSetting("model", DEMO_MODEL);
  if (source === "folders") await writeModelFolders(settings.modelFolders.filter((listed) => listed !== entry));
}
