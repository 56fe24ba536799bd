import { commands, env, l10n, Uri, window } from "vscode";
import { type ListedModel, listModels } from "../model-list.ts";
import { DEMO_MODEL } from "../models.ts";
import { readSettings, writeModelFolders, writeSetting } from "../settings.ts";
import type { ModelsView } from "../views/models-view.ts";
import { importModel } from "./import-model.ts";

/** The commands of the list of models, by what follows `aim.` in their names. */
export function modelActions(view: ModelsView) {
  return {
    importModel: () => importModel(),
    useModel: ({ choice }: ListedModel) => writeSetting("model", choice),
    revealModel: async ({ folder }: ListedModel) => commands.executeCommand("revealFileInOS", Uri.file(folder)),
    copyModelPath: async ({ folder }: ListedModel) => env.clipboard.writeText(folder),
    removeModel: (model: ListedModel) => removeModel(model),
    refreshModels: async () => view.refresh(),
  } as const;
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
