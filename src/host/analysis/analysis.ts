import type { Disposable, ExtensionContext, LogOutputChannel } from "vscode";
import type { RunRecord } from "#core/record.ts";
import type { Kernel } from "../kernel.ts";
import type { RunHistory } from "../run-history.ts";
import { Attention } from "./attention.ts";
import { chooseRuns } from "./choose-runs.ts";
import { fullRunOf } from "./full-run.ts";
import { AnalysisPanels } from "./panels.ts";
import { saveReport } from "./save-runs.ts";
import type { AnalysisServices } from "./session.ts";
import { ShownRuns } from "./shown-runs.ts";
import { AnalysisSideView } from "./side-view.ts";

interface AnalysisOptions {
  readonly context: ExtensionContext;
  readonly kernel: Kernel;
  readonly history: RunHistory;
  readonly log: LogOutputChannel;
}

/** The analysis of runs, wherever it is shown: at the side, in panels beside the editor, in files. */
export class Analysis implements Disposable {
  readonly #context: ExtensionContext;
  readonly #history: RunHistory;
  readonly #runs: ShownRuns;
  readonly #panels: AnalysisPanels;
  readonly #side: AnalysisSideView;

  constructor({ context, kernel, history, log }: AnalysisOptions) {
    this.#context = context;
    this.#history = history;
    this.#runs = new ShownRuns(history);
    const services: AnalysisServices = {
      context,
      log,
      runs: this.#runs,
      attention: new Attention(kernel),
      saveReport: (ids) => this.saveReport(ids),
      openBeside: (ids) => this.openBeside(ids),
      fullRun: (run, events) =>
        fullRunOf(run.record, { ...events, kernel, history, request: this.#runs.requestAgain(run) }),
      chooseRuns: (ids) => this.choose(ids),
    };
    this.#panels = new AnalysisPanels(services);
    this.#side = new AnalysisSideView(services);
  }

  dispose(): void {
    this.#panels.dispose();
    this.#side.dispose();
  }

  /** Shows runs of the history at the side. */
  async showAtSide(ids: readonly string[]): Promise<void> {
    this.#side.choose(ids);
    await this.#side.reveal();
  }

  /** Shows runs of the history in a panel beside the editor. */
  openBeside(ids: readonly string[]): Promise<void> {
    return this.#panels.show(ids);
  }

  /** Shows runs that a notebook brings, in a panel beside the editor. */
  async openRecords(records: readonly RunRecord[]): Promise<void> {
    await this.openBeside(records.map((record) => this.#runs.bring(record)));
  }

  /** Lets the user choose what to compare with `ids`, and shows it. */
  async choose(ids: readonly string[]): Promise<void> {
    const chosen = await chooseRuns(this.#history, ids);
    if (chosen) await this.openBeside(chosen);
  }

  /** Saves runs as one HTML report. */
  async saveReport(ids: readonly string[]): Promise<boolean> {
    return await saveReport(this.#context, await Promise.all(ids.map((id) => this.#runs.find(id))));
  }
}
