import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AimError } from "#core/errors.ts";
import type { ModelDescription } from "#core/model-description.ts";
import { resolveSettings } from "#core/settings.ts";
import { type InstalledModel, installedModel, installedModelAt } from "#library/installed-models.ts";
import { type Checkpoint, openCheckpoint, readDecoderConfig } from "#model/checkpoint.ts";
import type { DecoderConfig } from "#model/config.ts";

/** The name of the model that ships with the project. */
export const EMBEDDED_MODEL = "demo";

/** Where the project's own files lie: the first folder above this one that has the embedded model, from source as from a bundle. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "media", "demo-model"))) return folder;
    if (folder === dirname(folder))
      throw new AimError("not-found", "the embedded model is missing", { hint: "install AIM Notebook again" });
  }
}

/**
 * The folder of a model: the embedded one if nothing is said; else a path, relative to `base` or with `~` for home; else the name of an imported
 * model; else of a folder in one of the folders that AIM_MODELS lists (as PATH does), or of one of these.
 *
 * Throws `not-found`; `invalid-model` or `unsupported` for an imported model that is broken.
 */
export function modelFolder(nameOrPath: string | undefined, base: string): string {
  if (nameOrPath === undefined || nameOrPath === EMBEDDED_MODEL) return join(packageRoot(), "media", "demo-model");
  const path = resolve(base, expandHome(nameOrPath));
  if (existsSync(path)) return installedModelAt(path)?.folder ?? path;
  const imported = installedModel(nameOrPath);
  const folder = imported?.folder ?? namedModels(nameOrPath).find((each) => existsSync(each));
  if (folder !== undefined) return folder;
  throw new AimError("not-found", `there is no model ${JSON.stringify(nameOrPath)} (looked for ${path})`, {
    hint: `give the folder of a Hugging Face checkpoint, the name of an imported model (aim models), or "${EMBEDDED_MODEL}" for the embedded one; AIM_MODELS (in the editor: aim.modelFolders) may list folders to look in`,
  });
}

/** Where a model of this name may be installed. */
function namedModels(name: string): string[] {
  const folders = (process.env.AIM_MODELS ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders
    .map(expandHome)
    .flatMap((folder) => [join(folder, name), ...(basename(folder) === name ? [folder] : [])]);
}

/** A path in which `~` for the home folder is written out. */
export function expandHome(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, () => homedir());
}

/** The LLM of a model by its config.json alone: weights need not be there. Throws as modelFolder, and `invalid-model` or `unsupported`. */
export function describeLlm(nameOrPath: string, base: string): DecoderConfig {
  return readDecoderConfig(modelFolder(nameOrPath, base));
}

/** Opens the checkpoint in `folder`; an imported one has the name that it was given. Throws as openCheckpoint does. */
export function openModel(folder: string): Checkpoint {
  return openCheckpoint(folder, installedAt(folder)?.name);
}

/** The imported model whose files are in `folder`; undefined for others, and for one whose pointer is damaged. */
export function installedAt(folder: string): InstalledModel | undefined {
  try {
    return installedModelAt(folder);
  } catch (error) {
    if (error instanceof AimError) return undefined;
    throw error;
  }
}

/** Reads a model's files as far as names and shapes, no graph and no weight. Throws what modelFolder and openCheckpoint throw. */
export function describeModel(nameOrPath: string | undefined, base: string): ModelDescription {
  const folder = modelFolder(nameOrPath, base);
  const { name, family, model, weights, preset, parameters } = openModel(folder);
  weights.close();
  return {
    folder,
    name,
    family: family.id,
    parameters,
    layers: model.decoder.layers,
    preset: resolveSettings(preset, {}),
  };
}
