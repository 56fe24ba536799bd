import { randomUUID } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isAlive, processSpace } from "./process-identity.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** NAME.SPACE-PID-RANDOM.part */
const PARTIAL = /\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.part$/;

/** The name of a file that will be renamed to `path` once it is whole; it tells who writes it. */
export function partialName(path: string): string {
  return `${path}.${processSpace()}-${process.pid}-${randomUUID().slice(0, 8)}.part`;
}

/**
 * Removes, in `folder` and all below it, the files that a killed process was writing. Those that live processes write stay;
 * where another machine or container wrote, only time can tell, and a day without a change counts as dead.
 *
 * What cannot be read or removed is passed over.
 */
export function removeAbandoned(folder: string): void {
  for (const path of filesBelow(folder)) {
    if (isAbandoned(path)) rmSync(path, { force: true });
  }
}

function isAbandoned(path: string): boolean {
  const [, writerSpace, pid] = PARTIAL.exec(path) ?? [];
  if (writerSpace === undefined) return false;
  if (writerSpace === processSpace() && !isAlive(Number(pid))) return true;
  const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return modifiedMs !== undefined && Date.now() - modifiedMs > DAY_MS;
}

/** All files in `folder` and below, absolute; none if there is no such folder. */
export function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** Whether a file is still being written. */
export function isPartial(path: string): boolean {
  return PARTIAL.test(path);
}
