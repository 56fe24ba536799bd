import { statSync } from "node:fs";
import { join } from "node:path";
import { AimError } from "#core/errors.ts";
import type { ImportRequest } from "#core/model-import.ts";
import type { PartPrecisions } from "#core/precision.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { resolvePrecision } from "../device/device.ts";
import { isInt8Exact } from "../device/int8-exactness.ts";
import { readPixelConfigs } from "../pixels.ts";
import { PromptWriter } from "../prompt.ts";
import { Tokenizer } from "../tokenizer.ts";
import { type ImportPart, importParts, versionDigest } from "./import-parts.ts";

/** A checkpoint that can be imported: read as far as names and shapes, and what its weights become. Whoever has it closes the weights. */
export interface Importable {
  readonly checkpoint: Checkpoint;
  readonly precision: PartPrecisions;
  /** Nothing where the files serve as they are. */
  readonly parts: readonly ImportPart[];
  /** Of the folder of the version, where there are parts. */
  readonly digest: string;
}

/** Opens a checkpoint folder and looks for all that running it takes. Throws `not-found`, `invalid-model` or `unsupported`, whichever comes first. */
export async function openImportable(
  folder: string,
  { precision: wanted = "auto" }: ImportRequest,
): Promise<Importable> {
  const checkpoint = openCheckpoint(folder);
  try {
    if (checkpoint.imported) {
      throw new AimError("invalid-argument", `${folder} was imported already, and its weights are no longer whole`, {
        hint: "import the checkpoint that it was made of",
      });
    }
    PromptWriter.open(folder, Tokenizer.open(folder));
    readPixelConfigs(folder, checkpoint.model.vision.imageSizePx);
    const precision = resolvePrecision(wanted, checkpoint.parameters, { isInt8Exact: await isInt8Exact() });
    const all = importParts(checkpoint, precision); // throws if a tensor is missing
    const parts = isInPlace(precision) ? [] : all;
    return { checkpoint, precision, parts, digest: versionDigest(checkpoint, precision, parts) };
  } catch (error) {
    checkpoint.weights.close();
    throw error;
  }
}

/** Whether files are used as they are. */
export function isInPlace({ vision, decoder }: PartPrecisions): boolean {
  return vision === "f32" && decoder === "f32";
}

/** What is still to be written of the files of a version. */
export function missingBytes(folder: string, parts: readonly ImportPart[]): number {
  const sizeAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return parts.reduce((sum, { file, tensors }) => {
    const done = Math.max(sizeAt(join(folder, file)), sizeAt(join(folder, `${file}.part`)));
    return sum + Math.max(0, tensors.sizeBytes - done);
  }, 0);
}
