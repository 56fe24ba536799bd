import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Settings } from "./settings.ts";

/** The name of the model that comes with the extension. */
export const DEMO_MODEL = "demo";

/** A checkpoint in one of the user's model folders. */
export interface InstalledModel {
  readonly name: string;
  readonly folder: string;
}

/** The checkpoints in the folders of the setting aim.modelFolders: every folder in them that has a config.json, by name. */
export function installedModels({ modelFolders }: Pick<Settings, "modelFolders">): readonly InstalledModel[] {
  return modelFolders.flatMap(modelsIn);
}

/** The checkpoints in a folder as a user writes it: the folder itself, or those right inside; none if it is gone. */
export function modelsIn(listed: string): readonly InstalledModel[] {
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
