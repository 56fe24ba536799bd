import { statfsSync } from "node:fs";
import { AimError } from "#core/errors.ts";

const HINT = "free some space, then run the same command again: it goes on where it stopped";

/** Throws `io` if `neededBytes` more do not fit on the disk of `folder`. Disks that do not tell are believed to be large. */
export function checkSpace(folder: string, neededBytes: number): void {
  const freeBytes = freeSpace(folder);
  if (freeBytes >= neededBytes) return;
  throw new AimError("io", `${folder}: needs ${gib(neededBytes)} GiB more, the disk has ${gib(freeBytes)} GiB free`, {
    hint: HINT,
  });
}

/** Turns what writing to `path` threw into `io`; `neededBytes` are those that are still to come. */
export function writeError(path: string, neededBytes: number, cause: unknown): AimError {
  if (cause instanceof AimError) return cause;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return new AimError("io", `${path}: the disk is full: ${gib(neededBytes)} GiB more are needed`, {
      hint: HINT,
      cause,
    });
  }
  return new AimError("io", `${path}: cannot be written (${code ?? cause})`, {
    hint: "check that you may write there and that the disk works",
    cause,
  });
}

function freeSpace(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(bytes < 2 ** 30 ? 3 : 1);
