import { createHash } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { ImportStage } from "#core/model-import.ts";
import type { PartPrecisions } from "#core/precision.ts";
import { replaceFile } from "#library/replace-file.ts";
import { syncFolder } from "#library/sync-file.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import { type ImportManifest, MANIFEST_FILE, MANIFEST_FORMAT, readImportManifest } from "#model/import-manifest.ts";
import { resolveInFolder } from "#model/model-folder.ts";
import { convert } from "../convert.ts";
import type { ImportPart } from "./import-parts.ts";

export interface VersionOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((stage: ImportStage, done: number, total: number) => void) | undefined;
}

const INDEX_FILE = "model.safetensors.index.json";
const SPACE_HINT = "free some disk space, or set AIM_HOME to a folder with more room, then run the same command again";

/** Of a checkpoint's files besides weights: those that say how it is used, and its licence. */
const COPIED =
  /^(config|generation_config|(video_)?preprocessor_config|processor_config|chat_template|tokenizer|tokenizer_config|added_tokens|special_tokens_map|aim)\.json$|^chat_template\.jinja$|^LICENSE/i;

/** Names of the files of a checkpoint that a version has, too. */
function copiedFiles(dir: string): readonly string[] {
  return readdirSync(dir).filter((name) => COPIED.test(name));
}

/**
 * Makes `folder` a version of a model: `parts` converted, the checkpoint's other files copied, and at last the manifest, so that a folder that has one is whole.
 *
 * What an earlier attempt finished is kept; of a folder that was whole, what changed since is made anew. Throws as convert does.
 */
export async function writeVersion(
  folder: string,
  checkpoint: Checkpoint,
  precision: PartPrecisions,
  parts: readonly ImportPart[],
  options: VersionOptions,
): Promise<void> {
  if (await isSound(folder, options)) return;
  const total = parts.reduce((sum, { tensors }) => sum + tensors.sizeBytes, 0);
  let before = 0;
  for (const { file, tensors } of parts) {
    const onProgress = (done: number) => options.onProgress?.("convert", before + done, total);
    await convert({ folder, file, tensors }, { signal: options.signal, onProgress, spaceHint: SPACE_HINT });
    before += tensors.sizeBytes;
  }
  try {
    for (const name of copiedFiles(checkpoint.dir)) {
      const from = resolveInFolder(checkpoint.dir, name);
      await replaceFile(join(folder, name), (partial) => copyFileSync(from, partial));
    }
    await writeJson(join(folder, INDEX_FILE), indexOf(parts, total));
    const files = await hashFiles(folder, options);
    const { parameters } = checkpoint;
    const manifest: ImportManifest = { format: MANIFEST_FORMAT, precision, parameters, files };
    await writeJson(join(folder, MANIFEST_FILE), manifest);
    await syncFolder(folder);
  } catch (cause) {
    throw writeError(folder, cause);
  }
}

/** Turns what the file system threw into `io`. */
export function writeError(folder: string, cause: unknown): unknown {
  if (!(cause instanceof Error && "syscall" in cause)) return cause;
  return new AimError("io", `${folder} could not be written: ${cause.message}`, { hint: SPACE_HINT, cause });
}

/** The files whose content is no longer what a manifest says. */
export async function changedFiles(
  folder: string,
  { files }: ImportManifest,
  options: VersionOptions,
): Promise<string[]> {
  const found = await hashFiles(folder, options);
  return Object.keys(files).filter((name) => found[name]?.sha256 !== files[name]?.sha256);
}

/** Whether a folder is whole, every file as it was written. Files that are not are removed, and the manifest with them. */
async function isSound(folder: string, options: VersionOptions): Promise<boolean> {
  if (!existsSync(join(folder, MANIFEST_FILE))) return false;
  const manifest = manifestOf(folder);
  const changed = manifest ? await changedFiles(folder, manifest, options) : readdirSync(folder);
  if (changed.length === 0) return true;
  for (const name of [MANIFEST_FILE, ...changed]) rmSync(join(folder, name), { force: true });
  return false;
}

function manifestOf(folder: string): ImportManifest | undefined {
  try {
    return readImportManifest(folder);
  } catch {
    return undefined; // damaged: all is made anew
  }
}

async function hashFiles(folder: string, { signal, onProgress }: VersionOptions): Promise<ImportManifest["files"]> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== MANIFEST_FILE && !/\.(part|lock)$/.test(entry.name))
    .map(({ name }) => ({ name, sizeBytes: statSync(join(folder, name)).size }));
  const total = names.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const files: Record<string, ImportManifest["files"][string]> = {};
  let done = 0;
  for (const { name, sizeBytes } of names) {
    const hash = createHash("sha256");
    for await (const bytes of createReadStream(join(folder, name), { highWaterMark: 2 ** 22 })) {
      throwIfCancelled(signal);
      hash.update(bytes);
      done += bytes.length;
      onProgress?.("check", done, total);
    }
    files[name] = { sizeBytes, sha256: hash.digest("hex") };
  }
  return files;
}

function indexOf(parts: readonly ImportPart[], total_size: number): object {
  const places = parts.flatMap(({ file, tensors }) => tensors.jobs.map(({ name }) => [name, file] as const));
  return { metadata: { total_size }, weight_map: Object.fromEntries(places) };
}

async function writeJson(path: string, content: object): Promise<void> {
  await replaceFile(path, (partial) => {
    writeFileSync(partial, `${JSON.stringify(content, undefined, 2)}\n`);
    const descriptor = openSync(partial, "r+");
    fsyncSync(descriptor);
    closeSync(descriptor);
  });
}
