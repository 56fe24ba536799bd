import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AimError } from "#core/errors.ts";
import type { ImportPlan, ImportRequest } from "#core/model-import.ts";
import { type Precision, precisionText } from "#core/precision.ts";
import { formatBytes } from "#core/units.ts";
import { checkSpace } from "#library/hub/disk.ts";
import { downloadFiles } from "#library/hub/download.ts";
import { homeOf, POINTER_FILE } from "#library/model-pointer.ts";
import { downloadFolder, modelsFolder } from "#library/paths.ts";
import { readDecoderConfig } from "#model/checkpoint.ts";
import { familyOf } from "#model/families.ts";
import { isRecord, readJsonFile } from "#model/json-file.ts";
import { resolvePrecision } from "../device/device.ts";
import { isInt8Exact } from "../device/int8-exactness.ts";
import { factsOf } from "../inspect.ts";
import type { FolderSource, HubSource, ImportSource } from "./import-source.ts";
import { isInPlace, missingBytes, openImportable } from "./importable.ts";

/** About how much a parameter takes, scales included. */
const BYTES_PER_PARAMETER: Readonly<Record<Precision, number>> = { f32: 4, q8: 1.04, int8: 1.01, q4: 0.66 };
const BYTES_PER_STORED: Readonly<Record<string, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/** What importing a folder would take. Throws as openImportable does. */
export async function planFolder(source: FolderSource, request: ImportRequest): Promise<ImportPlan> {
  const importable = await openImportable(source.folder, request);
  const { checkpoint, precision, parts, digest } = importable;
  checkpoint.weights.close();
  const diskBytes = parts.reduce((sum, { tensors }) => sum + tensors.sizeBytes, 0);
  const facts = { ...factsOf(checkpoint), precision: precisionText(precision) };
  const missing = missingBytes(join(homeOf(source.name), digest), parts);
  return { name: source.name, facts, downloadBytes: 0, diskBytes, ...problemOf(source, request, missing) };
}

/** What importing a model of a hub would take, as far as its config.json, which is read for it, and sizes tell. */
export async function planHub(source: HubSource, request: ImportRequest): Promise<ImportPlan> {
  const { listing, access, name } = source;
  const temporary = mkdtempSync(join(tmpdir(), "aim-plan-"));
  try {
    const files = listing.files.filter((file) => file.name === "config.json");
    await downloadFiles({ ...listing, files }, temporary, access);
    const config = readJsonFile(temporary, "config.json");
    const family = familyOf(isRecord(config) ? config : {});
    const llm = readDecoderConfig(temporary);
    const parameters = Math.round(sizeOf(listing.files, /\.safetensors$/) / bytesPerStored(config));
    const precision = resolvePrecision(request.precision ?? "auto", parameters, { isInt8Exact: await isInt8Exact() });
    const total = sizeOf(listing.files, /./);
    const downloadBytes = Math.max(0, total - downloadedBytes(source));
    const diskBytes = isInPlace(precision) ? total : Math.round(parameters * BYTES_PER_PARAMETER[precision.decoder]);
    const facts = {
      family: family.id,
      parameters,
      files: `${listing.files.length}, ${formatBytes(total)}`,
      LLM: `${llm.layers} layers, hidden ${llm.hidden}, vocabulary ${llm.vocab}`,
      memory: `about ${formatBytes(parameters * BYTES_PER_PARAMETER[precision.decoder])}`,
      precision: precisionText(precision),
    };
    const needed = downloadBytes + (isInPlace(precision) ? 0 : diskBytes);
    return { name, facts, downloadBytes, diskBytes, ...problemOf(source, request, needed) };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Throws `invalid-argument` if the name is taken, and `io` if the disk has no room for `neededBytes` more. */
export function checkPlace(source: ImportSource, request: ImportRequest, neededBytes: number): void {
  if (request.replaces !== true && existsSync(join(homeOf(source.name), POINTER_FILE))) {
    throw new AimError("invalid-argument", `there is a model ${source.name} already`, {
      hint: "give --replace to put this one in its place, or another name with --name",
    });
  }
  checkSpace(existing(modelsFolder()), neededBytes);
}

function problemOf(source: ImportSource, request: ImportRequest, neededBytes: number): Pick<ImportPlan, "problem"> {
  try {
    checkPlace(source, request, neededBytes);
    return {};
  } catch (error) {
    if (!(error instanceof AimError)) throw error;
    return { problem: { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) } };
  }
}

function bytesPerStored(config: unknown): number {
  const dtype = isRecord(config) ? (config.torch_dtype ?? config.dtype) : undefined;
  return BYTES_PER_STORED[String(dtype)] ?? 2;
}

/** Bytes of the files that are whole in the folder of the download. */
function downloadedBytes({ listing }: HubSource): number {
  const folder = downloadFolder(listing.id, listing.commit);
  const here = listing.files.filter(
    ({ name, sizeBytes }) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === sizeBytes,
  );
  return sizeOf(here, /./);
}

function sizeOf(files: HubSource["listing"]["files"], names: RegExp): number {
  return files.reduce((sum, { name, sizeBytes }) => sum + (names.test(name) ? sizeBytes : 0), 0);
}

/** The first folder on the way up that is there. */
function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}
