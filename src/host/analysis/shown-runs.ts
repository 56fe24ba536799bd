import { l10n } from "vscode";
import { AimError } from "#core/errors.ts";
import type { RunRecord } from "#core/record.ts";
import { recordToJson } from "#core/record-codec.ts";
import type { AnalysisRun } from "#protocol/analysis-api.ts";
import type { AskRequest } from "#protocol/kernel-api.ts";
import { requestsOf } from "../notebook/request.ts";
import { cellOfRun } from "../notebook/run-cell.ts";
import type { RunHistory } from "../run-history.ts";

/** A run that a page is to show, with what the editor knows of it. */
export interface KnownRun {
  readonly record: RunRecord;
  readonly name?: string;
  /** How it was asked; absent for one from another machine. */
  readonly request?: AskRequest;
}

/** Finds the runs that pages show: in the history, which has them whole, or as they came. */
export class ShownRuns {
  readonly #history: RunHistory;
  /** Those that are not in the history. */
  readonly #others = new Map<string, RunRecord>();

  constructor(history: RunHistory) {
    this.#history = history;
  }

  /** Remembers a run that a notebook or a page brings, in case the history does not have it. */
  bring(record: RunRecord): string {
    this.#others.set(record.id, record);
    return record.id;
  }

  /** Rejects with `not-found` for a run that nobody has. */
  async find(id: string): Promise<KnownRun> {
    try {
      return await this.#history.read(id);
    } catch (error) {
      const record = this.#others.get(id);
      if (record === undefined) throw error;
      return { record };
    }
  }

  /** As a page gets it. */
  async describe(id: string): Promise<AnalysisRun> {
    const { record, name, request } = await this.find(id);
    const hasCell = cellOfRun(id) !== undefined;
    const run = recordToJson(record);
    return { run, hasCell, canReplay: hasCell || request !== undefined, ...(name !== undefined && { name }) };
  }

  /** How to ask a run again: with the files that it was asked about, or that its cell names, and with its own settings. Throws `unsupported` where nobody knows its files. */
  requestAgain({ record, request }: KnownRun): AskRequest {
    const cell = cellOfRun(record.id);
    const asked = request ?? (cell && requestsOf(cell)[0]?.request);
    if (asked === undefined) {
      throw new AimError("unsupported", l10n.t("this run comes from elsewhere and cannot be asked again here"), {
        hint: l10n.t("ask its question in a notebook of yours"),
      });
    }
    const { question, settings, precision, visionPrecision = precision } = record;
    return { ...asked, question, settings, precision, visionPrecision };
  }
}
