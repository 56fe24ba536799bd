import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const ASIDE = ".removed-";

/**
 * Removes a folder that nothing refers to any more: under another name first, so that half of it is never taken for a whole. What cannot be removed now,
 * as a file in use on Windows, is passed over; finishRemovals tries again.
 */
export function removeFolder(folder: string): void {
  try {
    const aside = join(dirname(folder), ASIDE + basename(folder));
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(folder)) return;
    renameSync(folder, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch {
    // it goes the next time
  }
}

/** Removes what removeFolder left in `parent` because it could not, or because its process ended. */
export function finishRemovals(parent: string): void {
  if (!existsSync(parent)) return;
  try {
    for (const name of readdirSync(parent)) {
      if (name.startsWith(ASIDE)) rmSync(join(parent, name), { recursive: true, force: true });
    }
  } catch {
    // it goes the next time
  }
}

/** Removes a folder that holds nothing. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it is not empty, or not there
  }
}
