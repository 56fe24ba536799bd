import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import {
  type Disposable,
  type Event,
  EventEmitter,
  type ExtensionContext,
  type LogOutputChannel,
  l10n,
  Uri,
  workspace,
} from "vscode";
import { AimError } from "#core/errors.ts";
import type { RunRecord } from "#core/record.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import type { RunEntry } from "#runs/run-entry.ts";
import { MOST_RUN_FILE_BYTES, readRunFile } from "#runs/run-file.ts";
import { RunStore } from "#runs/run-store.ts";
import type { StoredRun } from "#runs/stored-run.ts";
import { readSettings } from "./settings.ts";

/** A question that has been answered, as far as it was not stopped. */
export interface FinishedRun {
  readonly record: RunRecord;
  readonly request: AskRequest;
  /** The notebook with its cell, if it has one. */
  readonly notebook?: Uri;
}

/** The runs of this workspace, or of all windows without one. Nothing is read or made before somebody asks. */
export class RunHistory implements Disposable {
  readonly #log: LogOutputChannel;
  readonly #store: RunStore;
  readonly #changed = new EventEmitter<void>();
  readonly onChange: Event<void> = this.#changed.event;

  constructor({ storageUri, globalStorageUri }: ExtensionContext, log: LogOutputChannel) {
    this.#log = log;
    this.#store = new RunStore({
      folder: Uri.joinPath(storageUri ?? globalStorageUri, "runs").fsPath,
      limitBytes: () => readSettings().historyBytes,
      onChange: () => this.#changed.fire(),
      onUnreadable: (path, error) => log.warn(`${path} is not listed among the runs:`, error),
    });
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Keeps a run unless the user wants no history. A failure is a line in the log: the answer is there all the same. */
  async remember({ record, request, notebook }: FinishedRun): Promise<void> {
    if (readSettings().historyBytes === 0) return;
    try {
      await this.#store.add({ record, request, isPinned: false, ...(notebook && { notebook: labelOf(notebook) }) });
    } catch (error) {
      this.#log.error(`the run ${record.id} could not be kept:`, error instanceof Error ? error : String(error));
    }
  }

  /** Takes a `.aimrun` file in and gives the id of its run. */
  async import(file: Uri): Promise<string> {
    const { size } = await stat(file.fsPath);
    if (size > MOST_RUN_FILE_BYTES) {
      throw new AimError("invalid-argument", l10n.t("{0} is too large for a run", basename(file.fsPath)), {
        hint: l10n.t("choose a file that AIM exported"),
      });
    }
    const run = readRunFile(await readFile(file.fsPath, "utf8"));
    await this.#store.add({ ...run, isPinned: false });
    return run.record.id;
  }

  /** The newest first. */
  list(): Promise<readonly RunEntry[]> {
    return this.#store.list();
  }

  /** Rejects with `not-found` if there is no such run (any more). */
  read(id: string): Promise<StoredRun> {
    return this.#store.read(id);
  }

  /** An empty name takes the name away. */
  rename(id: string, name: string): Promise<void> {
    return this.#store.rename(id, name);
  }

  async setPinned(ids: readonly string[], isPinned: boolean): Promise<void> {
    for (const id of ids) await this.#store.setPinned(id, isPinned);
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#store.remove(ids);
  }
}

/** How a person would name a notebook; never a path from the root, for the label goes along when the run is exported. */
function labelOf(notebook: Uri): string {
  if (notebook.scheme === "untitled") return "Untitled";
  const isInside = workspace.getWorkspaceFolder(notebook) !== undefined;
  return isInside ? workspace.asRelativePath(notebook) : basename(notebook.path);
}
