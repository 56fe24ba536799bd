import type { RunEntry } from "./run-entry.ts";

type Sized = Pick<RunEntry, "id" | "startedAt" | "isPinned" | "sizeBytes">;

/** Orders runs by when they were started, the newest first; ties by id. */
export function newestFirst(a: Pick<Sized, "id" | "startedAt">, b: Pick<Sized, "id" | "startedAt">): number {
  const key = (run: Pick<Sized, "id" | "startedAt">) => `${run.startedAt} ${run.id}`;
  return key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0;
}

/** What runs take on disk. */
export function totalBytes(runs: readonly Pick<Sized, "sizeBytes">[]): number {
  return runs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/**
 * The ids of the runs that must go so that the rest takes at most `limitBytes`: the oldest first, and no more than needed. Pinned runs, the
 * newest one and the one just `added` (which may be an old one from elsewhere) stay, even where they alone take more.
 */
export function runsToDrop(runs: readonly Sized[], limitBytes: number, added?: string): readonly string[] {
  const oldestFirst = runs.toSorted(newestFirst).slice(1).reverse();
  const dropped: string[] = [];
  let used = totalBytes(runs);
  for (const { id, isPinned, sizeBytes } of oldestFirst) {
    if (used <= limitBytes) break;
    if (isPinned || id === added) continue;
    dropped.push(id);
    used -= sizeBytes;
  }
  return dropped;
}
