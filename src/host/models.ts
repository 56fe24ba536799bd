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
  const isModel = (folder: string) => existsSync(join(folder, "config.json"));
  return modelFolders.map(expandHome).flatMap((folder) => {
    const inside = isModel(folder) ? [folder] : subfolders(folder).filter(isModel);
    return inside.map((each) => ({ name: basename(each), folder: each }));
  });
}

function expandHome(path: string): string {
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
