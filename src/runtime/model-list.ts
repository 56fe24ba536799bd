import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { AimError } from "#core/errors.ts";
import { precisionText } from "#core/precision.ts";
import { installedModels } from "#library/installed-models.ts";
import { familyOf } from "#model/families.ts";
import { isRecord, readJsonFile } from "#model/json-file.ts";
import { EMBEDDED_MODEL, expandHome, modelFolder } from "./models.ts";

/** A model that can be asked by its name. */
export interface KnownModel {
  readonly name: string;
  /** With the project, by `aim import`, or in a folder that AIM_MODELS lists. */
  readonly origin: "embedded" | "imported" | "listed";
  readonly folder?: string;
  readonly family?: string;
  /** Absent where a run decides. */
  readonly precision?: string;
  /** Of its files, wherever they lie. */
  readonly sizeBytes?: number;
  /** What was imported. */
  readonly source?: string;
  /** Why it cannot be used. */
  readonly problem?: { readonly message: string; readonly hint?: string };
}

/** All models with a name: the embedded one, those that were imported, and those in the folders of AIM_MODELS. Reads no weights. */
export function knownModels(): readonly KnownModel[] {
  const embedded = describe({ name: EMBEDDED_MODEL, origin: "embedded", folder: modelFolder(undefined, "") });
  const imported = installedModels().map((model): KnownModel => {
    if ("problem" in model) return { name: model.name, origin: "imported", problem: problemOf(model.problem) };
    const { name, folder, precision, source } = model;
    return describe({ name, origin: "imported", folder, source, precision: precisionText(precision) });
  });
  return [
    embedded,
    ...imported,
    ...listedFolders().map((folder) => describe({ name: basename(folder), origin: "listed", folder })),
  ];
}

function describe(model: KnownModel & { readonly folder: string }): KnownModel {
  try {
    const config = readJsonFile(model.folder, "config.json");
    return { ...model, family: familyOf(isRecord(config) ? config : {}).id, sizeBytes: folderBytes(model.folder) };
  } catch (error) {
    if (error instanceof AimError) return { ...model, problem: problemOf(error) };
    throw error;
  }
}

function problemOf({ message, hint }: AimError): NonNullable<KnownModel["problem"]> {
  return { message, ...(hint !== undefined && { hint }) };
}

/** The checkpoints that AIM_MODELS lists: folders, or folders of them. */
function listedFolders(): string[] {
  const isModel = (folder: string) => existsSync(join(folder, "config.json"));
  const folders = (process.env.AIM_MODELS ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map(expandHome).flatMap((folder) => {
    if (isModel(folder) || !existsSync(folder)) return existsSync(folder) ? [folder] : [];
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter(isModel);
  });
}

function folderBytes(folder: string): number {
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false }));
  return sizes.reduce((sum, found) => sum + (found?.isFile() ? found.size : 0), 0);
}
