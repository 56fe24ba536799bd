import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type AimError, throwIfCancelled } from "#core/errors.ts";
import { isAlive, processSpace, startOf } from "./process-identity.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const RETRY_MS = 200;
/** Processes that claim a path at the same moment all step back; then chance decides. */
const TURNS_BEFORE_REFUSAL = 5;

/** NAME.SPACE-PID-START-RANDOM.lock */
const CLAIM = /^(.+)\.([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{8}\.lock$/;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** What to do while another process works there: wait for it, or throw the error of `busy`. */
  readonly busy?: ((pid: number) => AimError) | undefined;
}

/**
 * Does `work` while no other process, nor another call of this one, does any under the same `path`. Makes the folder that `path` lies in.
 *
 * Each process claims the path with a file of its own beside it and looks whether there are others, so that of two at once at least one sees the other. No claim
 * but one's own and those of dead processes is ever removed, and none is renamed: there is no moment at which two can have it. What a killed
 * process leaves does not hold up anybody: its id no longer runs, or belongs to a process that began at another time. Where that cannot be
 * told (another machine or container, or a system other than Linux), a claim of a day ago counts as dead.
 *
 * Throws `cancelled` while it waits, what `busy` gives, and what `work` or the file system throws.
 */
export async function withLock<Result>(
  path: string,
  work: () => Promise<Result>,
  { signal, busy }: LockOptions = {},
): Promise<Result> {
  mkdirSync(dirname(path), { recursive: true });
  for (let turn = 1; ; turn++) {
    throwIfCancelled(signal);
    const claim = `${path}.${processSpace()}-${process.pid}-${startOf(process.pid)}-${randomUUID().slice(0, 8)}.lock`;
    writeFileSync(claim, "", { flag: "wx" });
    try {
      const [other] = claimsOf(path).filter((each) => each.file !== claim);
      if (other === undefined) return await work();
      if (busy && turn >= TURNS_BEFORE_REFUSAL) throw busy(other.pid);
    } finally {
      rmSync(claim, { force: true });
    }
    await setTimeout(RETRY_MS * (0.5 + Math.random()));
  }
}

/** Whether a live process, maybe this one, holds `path`. */
export function isLocked(path: string): boolean {
  return claimsOf(path).length > 0;
}

/** The claims of live processes on `path`; those of dead ones are removed. */
function claimsOf(path: string): { file: string; pid: number }[] {
  return listFolder(dirname(path)).flatMap((name) => {
    const [, claimed, space, pid, start] = CLAIM.exec(name) ?? [];
    if (claimed !== basename(path)) return [];
    const file = join(dirname(path), name);
    if (isHeld(file, space === processSpace(), Number(pid), Number(start))) return [{ file, pid: Number(pid) }];
    rmSync(file, { force: true });
    return [];
  });
}

function isHeld(file: string, isOfThisSpace: boolean, pid: number, start: number): boolean {
  if (isOfThisSpace && !isAlive(pid)) return false;
  if (isOfThisSpace && start !== 0) return startOf(pid) === start;
  const modifiedMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return modifiedMs !== undefined && Date.now() - modifiedMs < DAY_MS;
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a folder that is not there holds no claims
  }
}
