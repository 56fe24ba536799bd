import { open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AimError } from "#core/errors.ts";
import { newestFirst, runsToDrop } from "./limit.ts";
import { type RunEntry, type RunSummary, summaryOf } from "./run-entry.ts";
import { readStored, readSummary, type StoredRun, storedText } from "./stored-run.ts";
import { removeAbandoned, writeWhole } from "./whole-file.ts";

/** A summary is shorter: its texts are cut. */
const SUMMARY_BYTES = 16 * 1024;
/** Files that are looked at together. */
const BATCH = 64;
const FILE = /^([A-Za-z0-9-]{1,128})\.jsonl$/;

export interface RunStoreOptions {
  /** Made when it is first needed. */
  readonly folder: string;
  /** What the runs may take on disk; 0 for no limit. */
  readonly limitBytes: () => number;
  /** The list is another one now. */
  readonly onChange?: () => void;
  /** A file of the folder is not listed; told once for each state of the file. */
  readonly onUnreadable?: (path: string, error: unknown) => void;
}

interface FileState {
  /** Changes with every change of the file. */
  readonly stamp: string;
  readonly sizeBytes: number;
}

interface KnownFile extends FileState {
  /** Absent if the file cannot be read. */
  readonly entry?: RunEntry;
}

/**
 * The history of runs in a folder, a file each. The folder is the truth: several stores may use it at the same time, such as two windows of
 * an editor, and each list is read from it. Within a store, one thing is done after the other.
 *
 * Everything rejects with `invalid-argument` for an id that is none, and with what the file system throws.
 */
export class RunStore {
  readonly #options: RunStoreOptions;
  /** By id, as the last list found them. */
  #known: ReadonlyMap<string, KnownFile> = new Map();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RunStoreOptions) {
    this.#options = options;
  }

  /** Keeps a run, and makes room for it if need be: see runsToDrop. One that is there already stays as it is. */
  async add(run: StoredRun): Promise<void> {
    const path = this.#path(run.record.id);
    await this.#change(async () => {
      if (await stateOf(path)) return;
      await writeWhole(path, storedText(run));
      await removeAbandoned(this.#options.folder);
      await this.#makeRoom(run.record.id);
    });
  }

  /** The newest first. */
  list(): Promise<readonly RunEntry[]> {
    return this.#next(() => this.#list());
  }

  /** Rejects with `not-found` if there is no such run (any more), and with `invalid-argument` if its file is damaged. */
  async read(id: string): Promise<StoredRun> {
    const path = this.#path(id);
    return await this.#next(() => readRun(path, id));
  }

  /** Gives a run another name; an empty one takes its name away. Rejects as read does. */
  async rename(id: string, name: string): Promise<void> {
    await this.#rewrite(id, ({ name: _, ...run }) => (name.trim() === "" ? run : { ...run, name: name.trim() }));
  }

  /** A pinned run is never removed to make room. Rejects as read does. */
  async setPinned(id: string, isPinned: boolean): Promise<void> {
    await this.#rewrite(id, (run) => ({ ...run, isPinned }));
  }

  /** Removes runs for good, pinned or not; those that are gone already are passed over. */
  async remove(ids: readonly string[]): Promise<void> {
    const paths = ids.map((id) => this.#path(id));
    await this.#change(async () => {
      for (const path of paths) await rm(path, { force: true });
    });
  }

  async #rewrite(id: string, edit: (run: StoredRun) => StoredRun): Promise<void> {
    const path = this.#path(id);
    await this.#change(async () => writeWhole(path, storedText(edit(await readRun(path, id)))));
  }

  async #change(work: () => Promise<void>): Promise<void> {
    await this.#next(work);
    this.#options.onChange?.();
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // whoever asked for it is told
    return result;
  }

  async #makeRoom(added: string): Promise<void> {
    const limitBytes = this.#options.limitBytes();
    if (limitBytes === 0) return;
    for (const id of runsToDrop(await this.#list(), limitBytes, added)) await rm(this.#path(id), { force: true });
  }

  async #list(): Promise<readonly RunEntry[]> {
    const ids = (await namesIn(this.#options.folder)).flatMap((name) => FILE.exec(name)?.[1] ?? []);
    const found = new Map<string, KnownFile>();
    for (let first = 0; first < ids.length; first += BATCH) {
      const looks = ids.slice(first, first + BATCH).map(async (id) => {
        const file = await this.#look(id);
        if (file) found.set(id, file);
      });
      await Promise.all(looks);
    }
    this.#known = found;
    return [...found.values()].flatMap(({ entry }) => entry ?? []).sort(newestFirst);
  }

  /** Undefined for a file that has just been removed. */
  async #look(id: string): Promise<KnownFile | undefined> {
    const path = this.#path(id);
    const state = await stateOf(path);
    const known = this.#known.get(id);
    if (state === undefined) return undefined;
    if (known?.stamp === state.stamp) return known;
    try {
      const summary = (await summaryIn(path, id)) ?? (await repair(path, id));
      return { ...state, entry: { ...summary, sizeBytes: state.sizeBytes } };
    } catch (error) {
      if (isMissing(error)) return undefined;
      this.#options.onUnreadable?.(path, error);
      return state;
    }
  }

  #path(id: string): string {
    if (FILE.test(`${id}.jsonl`)) return join(this.#options.folder, `${id}.jsonl`);
    throw new AimError("invalid-argument", `the id of a run must be letters, digits and hyphens, got ${shown(id)}`, {
      hint: "the run was edited or written by another program: make it again",
    });
  }
}

const shown = (id: string) => JSON.stringify(id.slice(0, 60));

async function readRun(path: string, id: string): Promise<StoredRun> {
  try {
    return readStored(await readFile(path, "utf8"));
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new AimError("not-found", `there is no run ${id} in the history`, {
      hint: "it was deleted, or removed to make room: refresh the list",
      cause,
    });
  }
}

/** Undefined if the first line is not the summary of this run. */
async function summaryIn(path: string, id: string): Promise<RunSummary | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SUMMARY_BYTES), 0, SUMMARY_BYTES, 0);
    const summary = readSummary(buffer.toString("utf8", 0, bytesRead));
    return summary.id === id ? summary : undefined;
  } catch (error) {
    if (error instanceof AimError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

/** Writes the first line anew from the run itself: it was damaged, or another version wrote it. */
async function repair(path: string, id: string): Promise<RunSummary> {
  const run = await readRun(path, id);
  if (run.record.id !== id) {
    throw new AimError("invalid-argument", `the file holds the run ${shown(run.record.id)}`, {
      hint: "it was renamed by hand: remove it",
    });
  }
  await writeWhole(path, storedText(run));
  return summaryOf(run);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Undefined if there is no such file. A replaced file has another inode, whatever the clock says. */
async function stateOf(path: string): Promise<FileState | undefined> {
  try {
    const { ino, mtimeMs, size } = await stat(path);
    return { stamp: `${ino} ${mtimeMs} ${size}`, sizeBytes: size };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT";
