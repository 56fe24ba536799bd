import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { ImportedModel, ImportPlan, ImportRequest, ImportStage } from "#core/model-import.ts";
import type { PrecisionName } from "#core/precision.ts";
import { downloadFiles } from "#library/hub/download.ts";
import { withLock } from "#library/lock.ts";
import {
  homeOf,
  type ModelPointer,
  POINTER_FILE,
  pointedFolder,
  readPointer,
  writePointer,
} from "#library/model-pointer.ts";
import { removeAbandoned } from "#library/partial-file.ts";
import { downloadFolder, modelsFolder } from "#library/paths.ts";
import { finishRemovals, removeEmpty, removeFolder } from "#library/remove-folder.ts";
import { downloadDigest } from "./import-parts.ts";
import { checkPlace, planFolder, planHub } from "./import-plan.ts";
import { findSource, type HubSource, type ImportSource } from "./import-source.ts";
import { writeError, writeVersion } from "./import-version.ts";
import { type Importable, isInPlace, missingBytes, openImportable } from "./importable.ts";
import { runSelfCheck } from "./run-self-check.ts";

export interface ImportOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of `download` and `convert`; in `check` those that are read, then total 0 while the model is tried. */
  readonly onProgress?: ((stage: ImportStage, done: number, total: number) => void) | undefined;
  /** Whether a download stays after the import. */
  readonly keepsDownload?: boolean;
  /** Whether the model is put in place without being tried. */
  readonly skipsCheck?: boolean;
}

/** What an import would take. Changes nothing. Throws what findSource and openImportable throw, and what a hub answers. */
export async function planImport(request: ImportRequest, signal?: AbortSignal): Promise<ImportPlan> {
  const source = await findSource(request, signal);
  return source.kind === "folder" ? planFolder(source, request) : await planHub(source, request);
}

/**
 * Makes a model ready for use under its name: downloads it if need be, converts its weights, tries it in a process of its own, and at last lets the name stand for it.
 *
 * Until then the model that had the name stays as it was. Whatever ends the work, the same request goes on where it was. Throws as planImport does,
 * and `io` (no space, another import of the name), `invalid-model` (the trial failed) or `cancelled`.
 */
export async function importModel(request: ImportRequest, options: ImportOptions = {}): Promise<ImportedModel> {
  const source = await findSource(request, options.signal);
  checkPlace(source, request, 0);
  const refuse = (pid: number) =>
    new AimError("io", `${source.name} is being imported by process ${pid}`, { hint: "wait until it is done" });
  const lock = join(modelsFolder(), ".locks", source.name);
  const work = () => importAlone(source, request, options);
  return await withLock(lock, work, { signal: options.signal, busy: refuse });
}

async function importAlone(
  source: ImportSource,
  request: ImportRequest,
  options: ImportOptions,
): Promise<ImportedModel> {
  checkPlace(source, request, 0); // another process may have been quicker
  const home = homeOf(source.name);
  try {
    mkdirSync(home, { recursive: true });
    removeAbandoned(home);
    const folder = source.kind === "folder" ? source.folder : await download(source, options);
    const importable = await openImportable(folder, request);
    try {
      const model = isInPlace(importable.precision)
        ? await useInPlace(source, folder, importable, options)
        : await convertTo(source, request, importable, options);
      if (source.kind === "hub" && !isInPlace(importable.precision) && !options.keepsDownload) removeFolder(folder);
      return model;
    } finally {
      importable.checkpoint.weights.close();
    }
  } catch (error) {
    throw writeError(home, error);
  } finally {
    removeEmpty(home);
  }
}

/** Brings what is missing of a model of a hub; gives the folder where it is then. */
async function download(source: HubSource, { signal, onProgress }: ImportOptions): Promise<string> {
  const { listing, access } = source;
  const used = join(homeOf(source.name), downloadDigest(listing.id, listing.commit)); // an import of f32 that was cut off at its very end
  if (
    listing.files.every(
      ({ name, sizeBytes }) => statSync(join(used, name), { throwIfNoEntry: false })?.size === sizeBytes,
    )
  )
    return used;
  const folder = downloadFolder(listing.id, listing.commit);
  finishRemovals(dirname(folder));
  await downloadFiles(listing, folder, {
    ...access,
    signal,
    onProgress: (done, total) => onProgress?.("download", done, total),
  });
  return folder;
}

async function convertTo(
  source: ImportSource,
  request: ImportRequest,
  { checkpoint, precision, parts, digest }: Importable,
  options: ImportOptions,
): Promise<ImportedModel> {
  const folder = join(homeOf(source.name), digest);
  checkPlace(source, request, missingBytes(folder, parts));
  await writeVersion(folder, checkpoint, precision, parts, options);
  await check(folder, "auto", options, () => {
    if (!isCurrent(source.name, folder)) removeFolder(folder);
  });
  return await putInPlace(source, folder, { folder: digest, precision });
}

/** Files that serve as they are: those of a folder where they lie, a download in the place of a version. */
async function useInPlace(
  source: ImportSource,
  folder: string,
  { precision, checkpoint }: Importable,
  options: ImportOptions,
): Promise<ImportedModel> {
  await check(folder, "f32", options, () => {});
  checkpoint.weights.close();
  if (source.kind === "folder") return await putInPlace(source, folder, { folder, precision });
  const digest = downloadDigest(source.listing.id, source.listing.commit);
  const place = join(homeOf(source.name), digest);
  if (folder !== place) {
    rmSync(place, { recursive: true, force: true }); // not whole, or it would have been used
    renameSync(folder, place);
  }
  return await putInPlace(source, place, { folder: digest, precision });
}

/** Tries a model; `undo` is called if it fails, but not if it was cancelled. */
async function check(
  folder: string,
  precision: PrecisionName,
  { signal, onProgress, skipsCheck }: ImportOptions,
  undo: () => void,
): Promise<void> {
  throwIfCancelled(signal);
  if (skipsCheck) return;
  onProgress?.("check", 0, 0);
  try {
    await runSelfCheck(folder, precision, signal);
  } catch (error) {
    if (!(error instanceof AimError && error.code === "cancelled")) undo();
    throw error;
  }
}

/** The last step: from here on the name stands for `folder`. Other versions go. */
async function putInPlace(
  { name, source, revision }: ImportSource,
  folder: string,
  pointer: Pick<ModelPointer, "folder" | "precision">,
): Promise<ImportedModel> {
  await writePointer(name, {
    ...pointer,
    source,
    ...(revision !== undefined && { revision }),
    importedAt: new Date().toISOString(),
  });
  const home = homeOf(name);
  for (const entry of readdirSync(home)) {
    if (entry !== POINTER_FILE && entry !== pointer.folder) removeFolder(join(home, entry));
  }
  return { name, folder, precision: pointer.precision };
}

function isCurrent(name: string, folder: string): boolean {
  try {
    const pointer = readPointer(homeOf(name));
    return pointer !== undefined && pointedFolder(homeOf(name), pointer) === folder;
  } catch {
    return false; // a damaged pointer points to nothing
  }
}
