import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Precision } from "#core/precision.ts";
import { installedModels } from "#library/installed-models.ts";
import { modelsFolder } from "#library/paths.ts";

/** The name of the model that comes with the extension. */
export const DEMO_MODEL = "demo";

/** A model and where its files lie. */
export interface ModelFolder {
  readonly name: string;
  readonly folder: string;
}

/** An imported model. */
export interface ImportedModelFolder extends ModelFolder {
  /** Of the LLM. */
  readonly precision?: Precision;
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** The models that were imported; they go before folders of the same name, as they do in the kernel. */
export function importedModels(): readonly ImportedModelFolder[] {
  return installedModels().map((model) => {
    const { name } = model;
    if ("problem" in model) return { name, folder: join(modelsFolder(), name), problem: model.problem.message };
    return { name, folder: model.folder, precision: model.precision.decoder };
  });
}

/** The checkpoints in a folder as a user writes it: the folder itself, or those right inside; none if it is gone. */
export function modelsIn(listed: string): readonly ModelFolder[] {
  const isModel = (folder: string) => existsSync(join(folder, "config.json"));
  const folder = expandHome(listed);
  const inside = isModel(folder) ? [folder] : subfolders(folder).filter(isModel);
  return inside.map((each) => ({ name: basename(each), folder: each }));
}

/** A path with `~` for the home folder, absolute. */
export function expandHome(path: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : resolve(path);
}

function subfolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => join(folder, entry.name));
  } catch {
    return []; // a folder that is gone holds no models
  }
}
