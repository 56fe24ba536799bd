import { basename, isAbsolute } from "node:path";
import {
  DEMO_MODEL,
  expandHome,
  type ImportedModelFolder,
  importedModels,
  type ModelFolder,
  modelsIn,
} from "./models.ts";
import type { Settings } from "./settings.ts";

/** A model in the list at the side. */
export interface ListedModel extends ImportedModelFolder {
  /** What aim.model says to choose it. */
  readonly choice: string;
  /** Where it comes from: with the extension, by an import, from an entry of aim.modelFolders, or from the path in aim.model alone. */
  readonly source: "embedded" | "imported" | "folders" | "setting";
  /** The entry of aim.modelFolders, as it stands there. */
  readonly entry?: string;
  /** True if it answers where a cell has no %model. */
  readonly isDefault: boolean;
  /** True for an entry of aim.modelFolders without a checkpoint. */
  readonly isEmpty?: boolean;
}

/**
 * All models that can be chosen, the embedded one first, then those that were imported, then as aim.modelFolders lists them. A name that is there twice belongs to the
 * first, as for the kernel; the others are chosen by path. A folder that serves an imported model of the same name as it is counts once.
 */
export function listModels(
  { model, modelFolders }: Pick<Settings, "model" | "modelFolders">,
  embedded: string,
  imported: readonly ImportedModelFolder[] = importedModels(),
): ListedModel[] {
  const isChosen = ({ choice, folder }: { choice: string; folder: string }) =>
    model === choice || (isPath(model) && expandHome(model) === folder);
  const taken = new Set([DEMO_MODEL]);
  const chosenBy = ({ name, folder }: ModelFolder) => {
    const choice = taken.has(name) ? folder : name;
    taken.add(name);
    return choice;
  };
  const ready = imported.map((each) => ({ ...each, choice: chosenBy(each), source: "imported" as const }));
  const listed = modelFolders.flatMap((entry): Omit<ListedModel, "isDefault">[] => {
    const inside = modelsIn(entry);
    const found = inside
      .filter(({ name, folder }) => !imported.some((model) => model.name === name && model.folder === folder))
      .map((each) => ({ ...each, choice: chosenBy(each), source: "folders" as const, entry }));
    const folder = expandHome(entry);
    const nothing = {
      name: basename(folder),
      folder,
      choice: folder,
      source: "folders" as const,
      entry,
      isEmpty: true,
    };
    return inside.length > 0 ? found : [nothing];
  });
  const demo = { name: DEMO_MODEL, folder: embedded, choice: DEMO_MODEL, source: "embedded" as const };
  const all = [demo, ...ready, ...listed].map((each) => ({ ...each, isDefault: isChosen(each) }));
  if (all.some(({ isDefault }) => isDefault) || !isPath(model)) return all;
  const folder = expandHome(model);
  return [...all, { name: basename(folder), folder, choice: model, source: "setting", isDefault: true }];
}

const isPath = (model: string) => isAbsolute(model) || /^~(?=$|[\\/])/.test(model);
