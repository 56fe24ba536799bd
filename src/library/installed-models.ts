import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AimError } from "#core/errors.ts";
import type { PartPrecisions } from "#core/precision.ts";
import { homeOf, type ModelPointer, POINTER_FILE, pointedFolder, readPointer } from "./model-pointer.ts";
import { modelsFolder } from "./paths.ts";

/** A model that was imported. */
export interface InstalledModel {
  readonly name: string;
  /** Where its files lie now; another version lies elsewhere. */
  readonly folder: string;
  readonly precision: PartPrecisions;
  /** What was imported: a folder, or `organisation/name` of a hub. */
  readonly source: string;
  /** The commit, of a hub. */
  readonly revision?: string;
  /** ISO 8601 */
  readonly importedAt: string;
}

/** An imported model that cannot be used as it is. */
export interface BrokenModel {
  readonly name: string;
  readonly problem: AimError;
}

/** The models that were imported, by name; the broken ones among them with what is wrong. Reads a small file of each, and nothing of their weights. */
export function installedModels(): readonly (InstalledModel | BrokenModel)[] {
  return namesIn(modelsFolder()).flatMap((name): (InstalledModel | BrokenModel)[] => {
    try {
      const model = installedModel(name);
      return model ? [model] : [];
    } catch (problem) {
      if (problem instanceof AimError) return [{ name, problem }];
      throw problem;
    }
  });
}

/** The model that was imported as `name`; undefined if none was. Throws `invalid-model` or `unsupported` for a broken one. */
export function installedModel(name: string): InstalledModel | undefined {
  return isModelName(name) ? modelIn(homeOf(name)) : undefined;
}

/** The model whose home (the folder with the pointer) or whose files are in `folder`; undefined for a folder that no import made or uses. */
export function installedModelAt(folder: string): InstalledModel | undefined {
  const path = resolve(folder);
  if (existsSync(join(path, POINTER_FILE))) return modelIn(path);
  const version = existsSync(join(dirname(path), POINTER_FILE)) ? modelIn(dirname(path)) : undefined;
  if (version?.folder === path) return version;
  return installedModels().find((model): model is InstalledModel => "folder" in model && model.folder === path);
}

/** Removes a model, its own files only: those that are used where they lie stay. Throws `not-found`, or `io` if something stays. */
export function removeModel(name: string): void {
  const home = homeOf(name);
  if (!isModelName(name) || !existsSync(home)) {
    throw new AimError("not-found", `there is no imported model ${JSON.stringify(name)}`, {
      hint: "aim models lists what is there",
    });
  }
  try {
    rmSync(join(home, POINTER_FILE), { force: true }); // first: what half of it stays of is no model any more
    rmSync(home, { recursive: true, force: true });
  } catch (cause) {
    throw new AimError("io", `${home} could not be removed: ${cause instanceof Error ? cause.message : cause}`, {
      hint: "close what uses the model, then try again",
      cause,
    });
  }
}

/** Whether a model may be called so: a plain folder name on every system. */
export function isModelName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.endsWith(".") && !DEVICE.test(name);
}

/** What Windows takes for a device, whatever follows the dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function modelIn(home: string): InstalledModel | undefined {
  const pointer = readPointer(home);
  if (pointer === undefined) return undefined;
  const folder = pointedFolder(home, pointer);
  checkFolder(folder, pointer);
  const { precision, source, revision, importedAt } = pointer;
  return { name: basename(home), folder, precision, source, ...(revision !== undefined && { revision }), importedAt };
}

function checkFolder(folder: string, { source }: ModelPointer): void {
  if (existsSync(join(folder, "config.json"))) return;
  throw new AimError("invalid-model", `${folder} is gone, or no model any more`, {
    hint: `import it again: aim import ${source} --replace`,
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(isModelName).sort();
  } catch {
    return []; // nothing was imported yet
  }
}
