import { statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AimError } from "#core/errors.ts";
import { type PartPrecisions, PRECISIONS, type Precision } from "#core/precision.ts";
import { readConfigPart } from "./config-reader.ts";
import { fileError } from "./file-error.ts";
import { readOptionalJson } from "./json-file.ts";
import { resolveInFolder } from "./model-folder.ts";

/** The file that an import writes last into the folder of a model that it converted. */
export const MANIFEST_FILE = "aim-import.json";
/** Raised when folders of before can no longer be read. */
export const MANIFEST_FORMAT = 1;

/** What an import notes of a model that it converted. */
export interface ImportManifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly precision: PartPrecisions;
  /** Of the checkpoint that was converted. */
  readonly parameters: number;
  /** All other files of the folder, by name. */
  readonly files: Readonly<Record<string, { readonly sizeBytes: number; readonly sha256: string }>>;
}

const precision = z.enum(PRECISIONS.filter((name): name is Precision => name !== "auto"));

const schema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  precision: z.object({ vision: precision, decoder: precision }),
  parameters: z.number().nonnegative(),
  files: z.record(z.string(), z.object({ sizeBytes: z.int().nonnegative(), sha256: z.string() })),
});

/**
 * What was noted of a model that was converted when it was imported; undefined for any other folder. That its files are there in their sizes is
 * checked, what they hold is not.
 *
 * Throws `unsupported` for a folder that a newer version made, `invalid-model` for one that is damaged.
 */
export function readImportManifest(dir: string): ImportManifest | undefined {
  const file = readOptionalJson(dir, MANIFEST_FILE);
  if (file === undefined) return undefined;
  checkFormat(dir, file);
  const manifest = readConfigPart(MANIFEST_FILE, schema, file);
  for (const [name, { sizeBytes }] of Object.entries(manifest.files)) checkSize(dir, name, sizeBytes);
  return manifest;
}

function checkFormat(dir: string, file: unknown): void {
  const { format } = readConfigPart(MANIFEST_FILE, z.object({ format: z.number() }), file);
  if (format <= MANIFEST_FORMAT) return;
  throw new AimError("unsupported", `${dir} has format ${format}, this version reads ${MANIFEST_FORMAT}`, {
    hint: "a newer version of AIM Notebook made it: update, or import the model again",
  });
}

function checkSize(dir: string, name: string, sizeBytes: number): void {
  const found = sizeOf(resolveInFolder(dir, name));
  if (found === sizeBytes) return;
  throw new AimError("invalid-model", `${join(dir, name)} has ${found} bytes, ${sizeBytes} were imported`, {
    hint: "the imported model is damaged: import it again, with --replace",
  });
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (cause) {
    throw fileError(path, cause);
  }
}
