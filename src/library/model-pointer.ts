import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { AimError } from "#core/errors.ts";
import { isObject, object, optional, text, whole, word } from "#core/json-reader.ts";
import { type PartPrecisions, PRECISIONS, type Precision } from "#core/precision.ts";
import { modelsFolder } from "./paths.ts";
import { replaceFile } from "./replace-file.ts";
import { syncFolder } from "./sync-file.ts";

/** The file that makes a folder an imported model: it says which version counts. */
export const POINTER_FILE = "aim-model.json";

const FORMAT = 1;
const MOST_BYTES = 1e6;

/** What counts as the model of a name. */
export interface ModelPointer {
  /** Of the files: the name of a folder beside the pointer, or for those that are used where they lie an absolute path. */
  readonly folder: string;
  /** What was imported: a folder, or `organisation/name` of a hub. */
  readonly source: string;
  /** The commit, of a hub. */
  readonly revision?: string;
  readonly precision: PartPrecisions;
  /** ISO 8601 */
  readonly importedAt: string;
}

const readFormat = object<{ format: number }>({ format: whole(1, 1e6) });
const precision = word(PRECISIONS.filter((name): name is Precision => name !== "auto"));
const readFields = object<ModelPointer>({
  folder: text,
  source: text,
  revision: optional(text),
  precision: object<PartPrecisions>({ vision: precision, decoder: precision }),
  importedAt: text,
});

/** Where the model `name` is kept. */
export function homeOf(name: string): string {
  return join(modelsFolder(), name);
}

/** The folder that a pointer in `home` points to, absolute. */
export function pointedFolder(home: string, { folder }: ModelPointer): string {
  return isAbsolute(folder) ? folder : join(home, folder);
}

/**
 * Reads the pointer in the folder `home`; undefined if there is none. What this version does not know in it is passed over.
 *
 * Throws `invalid-model` if it is damaged, `unsupported` if a newer version wrote it.
 */
export function readPointer(home: string): ModelPointer | undefined {
  const path = join(home, POINTER_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const json = readJson(path);
    const { format } = readFormat(json, POINTER_FILE);
    if (format > FORMAT) throw newer(path, format);
    const pointer = readFields(json, POINTER_FILE);
    if (!isAbsolute(pointer.folder) && !/^[\w.-]*\w[\w.-]*$/.test(pointer.folder)) {
      throw new Error(`folder must be a name or an absolute path, got ${JSON.stringify(pointer.folder)}`);
    }
    return pointer;
  } catch (cause) {
    if (cause instanceof AimError && cause.code === "unsupported") throw cause;
    throw new AimError("invalid-model", `${path}: ${cause instanceof Error ? cause.message : cause}`, {
      hint: "the file is damaged: import the model again, with --replace, or remove it",
      cause,
    });
  }
}

/** Makes `pointer` count for the model `name`, at once and as a whole. Throws what the file system throws. */
export async function writePointer(name: string, pointer: ModelPointer): Promise<void> {
  const path = join(homeOf(name), POINTER_FILE);
  await replaceFile(path, (partial) => {
    writeFileSync(partial, `${JSON.stringify({ format: FORMAT, name, ...pointer }, undefined, 2)}\n`);
    const descriptor = openSync(partial, "r+");
    fsyncSync(descriptor);
    closeSync(descriptor);
  });
  await syncFolder(dirname(path));
}

function readJson(path: string): unknown {
  if (statSync(path).size > MOST_BYTES) throw new Error("too large");
  const json: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isObject(json)) throw new Error("not a JSON object");
  return json;
}

function newer(path: string, format: number): AimError {
  return new AimError("unsupported", `${path} has format ${format}, this version reads ${FORMAT}`, {
    hint: "a newer version of AIM Notebook imported the model: update, or import it again, with --replace",
  });
}
