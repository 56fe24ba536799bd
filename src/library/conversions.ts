import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isLocked } from "./lock.ts";

/** Beside the conversions of a checkpoint: where it lies. */
const SOURCE_FILE = "checkpoint.json";

/** PART-RECIPE-vVERSION-DIGEST, as conversions of a checkpoint are called. */
const CONVERSION = /^(.+)-v\d+-[0-9a-f]{12}$/;

/**
 * Removes what `folder` (CONVERSIONS/CHECKPOINT/PART-RECIPE-vVERSION-DIGEST, with `file` in it) takes the place of: conversions of the same part and recipe
 * that an older version made, and all those of the checkpoint in `source` as it was before it changed.
 *
 * What a process is working on stays, and what cannot be removed is passed over; it goes the next time.
 */
export function removeOutdatedConversions(folder: string, file: string, source: string): void {
  const checkpoint = dirname(folder);
  try {
    writeFileSync(join(checkpoint, SOURCE_FILE), `${JSON.stringify({ folder: source })}\n`);
    const kind = CONVERSION.exec(basename(folder))?.[1];
    const older = foldersIn(checkpoint).filter(
      (each) => each !== folder && CONVERSION.exec(basename(each))?.[1] === kind,
    );
    const stale = foldersIn(dirname(checkpoint)).filter((each) => each !== checkpoint && sourceOf(each) === source);
    for (const each of [...older, ...stale]) {
      const isBusy = [each, ...foldersIn(each)].some((inside) => isLocked(join(inside, file)));
      if (!isBusy) rmSync(each, { recursive: true, force: true });
    }
  } catch {
    // the cache folder may be read-only or full: then it stays as it is
  }
}

function sourceOf(checkpoint: string): unknown {
  try {
    return JSON.parse(readFileSync(join(checkpoint, SOURCE_FILE), "utf8")).folder;
  } catch {
    return undefined; // made by an older version, or not a folder of conversions
  }
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}
