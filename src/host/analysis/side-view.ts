import {
  commands,
  Disposable,
  type WebviewView,
  type WebviewViewProvider,
  type WebviewViewResolveContext,
  window,
  workspace,
} from "vscode";
import { recordFromJson } from "#core/record-codec.ts";
import { runsOf } from "../notebook/run-cell.ts";
import { reportErrors } from "../report-error.ts";
import { loadAnalysisPage } from "./page.ts";
import { idsOfState } from "./page-state.ts";
import { type AnalysisServices, AnalysisSession } from "./session.ts";

/** The analysis at the side: it follows the selected cell, or the run that was chosen in the list. */
export class AnalysisSideView implements WebviewViewProvider, Disposable {
  readonly #services: AnalysisServices;
  readonly #listening: Disposable;
  /** While the view is there. */
  #view: { readonly webview: WebviewView; readonly session: AnalysisSession } | undefined;
  /** What it shows, or will show once it is there. */
  #shown: readonly string[] = [];

  constructor(services: AnalysisServices) {
    this.#services = services;
    this.#listening = Disposable.from(
      window.registerWebviewViewProvider("aim.analysis", this, { webviewOptions: { retainContextWhenHidden: true } }),
      window.onDidChangeNotebookEditorSelection(() => this.#follow()),
      window.onDidChangeActiveNotebookEditor(() => this.#follow()),
      // A cell is run, and then shows another run.
      workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
        if (cellChanges.some(({ executionSummary }) => executionSummary?.timing !== undefined)) this.#follow();
      }),
    );
  }

  dispose(): void {
    this.#listening.dispose();
  }

  resolveWebviewView(view: WebviewView, { state }: WebviewViewResolveContext<unknown>): void {
    const { context, runs } = this.#services;
    const session = new AnalysisSession(view.webview, this.#services);
    this.#view = { webview: view, session };
    view.onDidDispose(() => {
      session.dispose();
      this.#view = undefined;
    });
    loadAnalysisPage(view.webview, context, "side");
    if (this.#shown.length === 0) this.#shown = idsOfState(state, (run) => runs.bring(recordFromJson(run)));
    this.#show();
    this.#follow();
  }

  /** Shows runs, until a cell with another one is selected. */
  choose(runs: readonly string[]): void {
    this.#shown = runs;
    this.#show();
  }

  /** Opens the view if it is folded or was never seen; the keyboard stays where it is if that can be. */
  async reveal(): Promise<void> {
    if (this.#view) this.#view.webview.show(true);
    else await commands.executeCommand("aim.analysis.focus");
  }

  #follow(): void {
    if (this.#view === undefined) return; // nobody looks: outputs are not read
    const editor = window.activeNotebookEditor;
    const [cell] = editor?.notebook.getCells(editor.selection) ?? [];
    const records = cell ? runsOf(cell) : [];
    const ids = records.map((record) => this.#services.runs.bring(record));
    if (ids.length > 0 && ids.join() !== this.#shown.join()) this.choose(ids);
  }

  #show(): void {
    const session = this.#view?.session;
    if (session) void reportErrors(this.#services.log, () => session.show(this.#shown));
  }
}
