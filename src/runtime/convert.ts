import { closeSync, existsSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import { replaceFile } from "#library/replace-file.ts";
import type { ConvertedStore } from "#model/store.ts";

export interface ConvertOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/**
 * Writes the tensors that `store` collected into its file, one at a time, and puts the file in place when it is whole.
 *
 * A file that is there already, with the right size, is kept: its folder is named after all that decides its content.
 * Gives way to the event loop between tensors. Throws `io` (disk full, no permission), `invalid-model` or `cancelled`; nothing half written stays.
 */
export async function convert(store: ConvertedStore, options: ConvertOptions = {}): Promise<void> {
  const target = join(store.folder, store.file);
  if (existsSync(target) && statSync(target).size === store.sizeBytes) return;
  try {
    await replaceFile(target, (partial) => writeJobs(store, partial, options));
  } catch (error) {
    const isFromFileSystem = error instanceof Error && "syscall" in error;
    if (!isFromFileSystem) throw error;
    throw new AimError("io", `the converted model could not be written to ${store.folder}`, {
      hint: "free some disk space, or set AIM_CACHE to a folder with more room",
      cause: error,
    });
  }
}

async function writeJobs(store: ConvertedStore, path: string, { signal, onProgress }: ConvertOptions): Promise<void> {
  const file = openSync(path, "wx");
  try {
    ftruncateSync(file, store.sizeBytes);
    for (const job of store.jobs) {
      throwIfCancelled(signal);
      let offset = job.offset;
      for (const bytes of job.chunks()) {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, offset + at);
        offset += bytes.length;
      }
      onProgress?.(job.offset + job.sizeBytes, store.sizeBytes);
      await new Promise((resume) => setImmediate(resume));
    }
  } finally {
    closeSync(file);
  }
}
