import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { AimError } from "#core/errors.ts";
import { withLock } from "../lock.ts";
import { checkAccess, type Hub, type HubAccess } from "./access.ts";
import { type HubFile, isPlainName } from "./checkpoint-files.ts";
import { checkSpace, writeError } from "./disk.ts";
import { downloadFile } from "./download-file.ts";
import type { HubListing } from "./listing.ts";
import { findPartial } from "./partial-names.ts";

/** How files are downloaded. */
export interface DownloadOptions extends HubAccess {
  /** Called with the bytes that are there, of all files together, those of earlier downloads included: often, and at the end. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** What processes that download into one folder claim there, one after the other. */
const LOCK = "download";
const AT_ONCE = 4;

/**
 * Brings the files of `listing` into `folder`, several at once, each put in place when its size and hash are right; what is there
 * already, whole or in part, is not brought again. Whatever ends it, the same call goes on where it stopped. Processes
 * that want the same folder wait for each other. Makes the folder, and leaves other files in it alone.
 *
 * Throws `network`, `access` and `not-found` as the hub answers, after some tries where another may help; `network` for a wrong
 * hash; `io`, also if the disk is too small; `cancelled`; `invalid-argument` for names that are not plain ones.
 */
export async function downloadFiles(listing: HubListing, folder: string, options: DownloadOptions): Promise<void> {
  const hub = checkAccess(options);
  for (const { name } of listing.files) checkName(name);
  makeFolder(folder);
  const work = async () => {
    checkSpace(folder, missingBytes(listing, folder));
    await downloadAll(listing, folder, hub, options.onProgress);
  };
  try {
    await withLock(join(folder, LOCK), work, { signal: hub.signal });
  } catch (cause) {
    throw cause instanceof Error && "syscall" in cause ? writeError(folder, 0, cause) : cause;
  }
}

async function downloadAll(
  listing: HubListing,
  folder: string,
  hub: Hub,
  onProgress: DownloadOptions["onProgress"],
): Promise<void> {
  const totalBytes = listing.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const done = new Map<string, number>();
  const report = (file: HubFile, bytes: number) => {
    done.set(file.name, bytes);
    onProgress?.(
      [...done.values()].reduce((sum, each) => sum + each, 0),
      totalBytes,
    );
  };
  // the first failure ends the others, whose bytes stay for the next time
  const failed = new AbortController();
  const signal = hub.signal ? AbortSignal.any([hub.signal, failed.signal]) : failed.signal;
  const waiting = [...listing.files];
  let failure: { readonly error: unknown } | undefined;
  const work = async () => {
    for (let file = waiting.shift(); file && !failure; file = waiting.shift()) {
      const wanted = file;
      try {
        const onBytes = (bytes: number) => report(wanted, bytes);
        await downloadFile({ listing, file: wanted, folder, hub: { ...hub, signal }, onBytes });
      } catch (error) {
        failure ??= { error };
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failure) throw failure.error;
}

/** What is still to come, as far as sizes tell. */
function missingBytes(listing: HubListing, folder: string): number {
  const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size;
  return listing.files.reduce((sum, file) => {
    if (sizeOf(join(folder, file.name)) === file.sizeBytes) return sum;
    const partial = findPartial(folder, listing.commit, file);
    return sum + Math.max(0, file.sizeBytes - (partial ? (sizeOf(partial.path) ?? 0) : 0));
  }, 0);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    readdirSync(folder);
  } catch (cause) {
    throw writeError(folder, 0, cause);
  }
}

function checkName(name: string): void {
  if (isPlainName(name)) return;
  throw new AimError("invalid-argument", `${JSON.stringify(name)} is not the plain name of a file`, {
    hint: "a listing names files right in its folder: take the model from a source that you trust",
  });
}
