import { type Disposable, l10n, Uri, ViewColumn, type WebviewPanel, window } from "vscode";
import { AimError } from "#core/errors.ts";
import { recordFromJson } from "#core/record-codec.ts";
import { reportErrors } from "../report-error.ts";
import { loadAnalysisPage } from "./page.ts";
import { idsOfState } from "./page-state.ts";
import { type AnalysisServices, AnalysisSession } from "./session.ts";

const VIEW_TYPE = "aim.analysis";

/** The analysis pages that are open beside the editor; they come back when the window is loaded again. */
export class AnalysisPanels implements Disposable {
  readonly #services: AnalysisServices;
  readonly #open = new Map<WebviewPanel, AnalysisSession>();
  readonly #restoring: Disposable;

  constructor(services: AnalysisServices) {
    this.#services = services;
    this.#restoring = window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state) => this.#restore(panel, state),
    });
  }

  dispose(): void {
    this.#restoring.dispose();
  }

  /** Shows runs beside the editor: in the panel that shows them already, or a new one. */
  async show(ids: readonly string[]): Promise<void> {
    const sameRuns = ([, session]: [WebviewPanel, AnalysisSession]) => session.shown.join() === ids.join();
    const [known] = [...this.#open].find(sameRuns) ?? [];
    if (known) return known.reveal();
    const panel = window.createWebviewPanel(VIEW_TYPE, await this.#title(ids), this.#column(), {
      enableScripts: true,
      retainContextWhenHidden: true,
    });
    await this.#begin(panel).show(ids);
  }

  /** Where analysis is shown already, else beside what is open. */
  #column(): ViewColumn {
    const visible = [...this.#open.keys()].find((panel) => panel.visible);
    return visible?.viewColumn ?? ViewColumn.Beside;
  }

  #begin(panel: WebviewPanel): AnalysisSession {
    const { context } = this.#services;
    panel.iconPath = Uri.joinPath(context.extensionUri, "media", "icon.svg");
    const session = new AnalysisSession(panel.webview, this.#services);
    this.#open.set(panel, session);
    panel.onDidDispose(() => {
      this.#open.delete(panel);
      session.dispose();
    });
    loadAnalysisPage(panel.webview, context, "panel");
    return session;
  }

  async #restore(panel: WebviewPanel, state: unknown): Promise<void> {
    const session = this.#begin(panel);
    const ids = idsOfState(state, (run) => this.#services.runs.bring(recordFromJson(run)));
    await reportErrors(this.#services.log, () => session.show(ids));
  }

  async #title(ids: readonly string[]): Promise<string> {
    if (ids.length > 1) return l10n.t("AIM: {0} runs", ids.length);
    const [id] = ids;
    if (id === undefined) throw new AimError("not-found", l10n.t("there is no run to show"));
    const { record, name } = await this.#services.runs.find(id);
    return l10n.t("AIM: {0}", name ?? record.question);
  }
}
