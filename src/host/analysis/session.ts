import type { Disposable, ExtensionContext, LogOutputChannel, Webview } from "vscode";
import type { AnalysisApi, AnalysisContent } from "#protocol/analysis-api.ts";
import { type ServedAnalysis, serveAnalysis } from "#protocol/analysis-channel.ts";
import { saveFile } from "../save-file.ts";
import type { Attention } from "./attention.ts";
import { saveRun } from "./save-runs.ts";
import type { KnownRun, ShownRuns } from "./shown-runs.ts";
import { writeToCell } from "./write-to-cell.ts";

/** What all analysis pages of a window share. */
export interface AnalysisServices {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly runs: ShownRuns;
  readonly attention: Attention;
  /** Saves runs as one HTML report. */
  readonly saveReport: (runs: readonly string[]) => Promise<boolean>;
  /** Shows runs in a panel beside the editor. */
  readonly openBeside: (runs: readonly string[]) => Promise<void>;
  /** The id of the same question's run without any cuts, which is asked if need be. */
  readonly fullRun: (
    run: KnownRun,
    events: { readonly onProgress: (text: string) => void; readonly signal: AbortSignal },
  ) => Promise<string>;
  /** Lets the user choose what to compare with these, and shows it beside the editor. */
  readonly chooseRuns: (runs: readonly string[]) => Promise<void>;
}

/** The editor's end of one analysis page, for as long as the page is there. */
export class AnalysisSession implements Disposable {
  readonly #services: AnalysisServices;
  readonly #served: ServedAnalysis;
  readonly #closed = new AbortController();
  /** Ends the questions that the page has asked. */
  #asked = new AbortController();
  /** The runs that the page shows. */
  #shown: readonly string[] = [];

  constructor(webview: Webview, services: AnalysisServices) {
    this.#services = services;
    this.#served = serveAnalysis(
      {
        post: (message) => void webview.postMessage(message),
        onMessage: (listener) => {
          const listening = webview.onDidReceiveMessage(listener);
          return () => listening.dispose();
        },
      },
      this.#api(),
    );
  }

  /** Ids of the runs that the page shows. */
  get shown(): readonly string[] {
    return this.#shown;
  }

  /** Shows runs instead of what is shown; none for an empty page. */
  async show(ids: readonly string[]): Promise<void> {
    this.#shown = ids;
    const runs = await Promise.all(ids.map((id) => this.#services.runs.describe(id)));
    if (this.#shown !== ids) return; // another one was chosen meanwhile
    const content: AnalysisContent = { runs };
    this.#served.events.show(content);
  }

  dispose(): void {
    this.#closed.abort();
    this.#served.dispose();
  }

  /** Ends a question when the page says so, or goes. */
  #signal(): AbortSignal {
    return AbortSignal.any([this.#closed.signal, this.#asked.signal]);
  }

  #api(): AnalysisApi {
    const { attention, runs, fullRun, saveReport, openBeside, chooseRuns } = this.#services;
    return {
      attentionTrace: (run) => attention.trace(run),
      attention: (query) => attention.row(query),
      replay: async (run) => {
        const known = await runs.find(run);
        const request = runs.requestAgain(known);
        const onProgress = (text: string) => this.#served.events.progress(run, text);
        return await attention.replay(known.record, request, { onProgress, signal: this.#signal() });
      },
      writeToCell: async (run, reduction, isRun) => {
        const next = await writeToCell(run, reduction, isRun, this.#closed.signal);
        if (next !== undefined) await this.show([runs.bring(next)]);
        else await this.show(this.#shown);
      },
      save: ({ name, bytes }) => saveFile({ name, label: labelOf(name), write: async () => bytes }),
      saveReport,
      saveRun: async (id) => saveRun(await runs.find(id)),
      stop: async () => {
        this.#asked.abort();
        this.#asked = new AbortController();
      },
      openBeside,
      compareWithFull: async (run) => {
        const onProgress = (text: string) => this.#served.events.progress(run, text);
        const full = await fullRun(await runs.find(run), { onProgress, signal: this.#signal() });
        await openBeside([full, run]);
      },
      chooseRuns,
    };
  }
}

const labelOf = (name: string) => name.slice(name.lastIndexOf(".") + 1).toUpperCase();
