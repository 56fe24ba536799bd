import { commands, type Disposable, type ExtensionContext, lm, notebooks, type Uri, window, workspace } from "vscode";
import type { StatusTarget } from "#notebook/language/status.ts";
import { Analysis } from "./analysis/analysis.ts";
import { AskMediaTool } from "./ask-tool.ts";
import { AskAboutFile } from "./commands/ask-file.ts";
import { clearFeatures } from "./commands/clear-features.ts";
import { htmlFormat, ipynbFormat, markdownFormat } from "./commands/export-formats.ts";
import { exportNotebook } from "./commands/export-notebook.ts";
import { showKernelMenu } from "./commands/kernel-menu.ts";
import { modelActions } from "./commands/model-actions.ts";
import { openAnalysis, openAnalysisOf } from "./commands/open-analysis.ts";
import { openNewNotebook, openTour } from "./commands/open-notebook.ts";
import { pickDevice } from "./commands/pick-device.ts";
import { pickModel } from "./commands/pick-model.ts";
import { runActions } from "./commands/run-actions.ts";
import { showDecision } from "./commands/show-decision.ts";
import { HubToken } from "./hub-token.ts";
import { Kernel } from "./kernel.ts";
import { registerLanguage } from "./language/register.ts";
import { createLog } from "./log.ts";
import { ModelImporter } from "./model-importer.ts";
import { registerCellStatus } from "./notebook/cell-status.ts";
import { NOTEBOOK_TYPES } from "./notebook/cells.ts";
import { AimController } from "./notebook/controller.ts";
import { serializer } from "./notebook/serializer.ts";
import { reportErrors } from "./report-error.ts";
import { RunHistory } from "./run-history.ts";
import { KernelStatus } from "./status-bar.ts";
import { ModelsView } from "./views/models-view.ts";
import { RunsView } from "./views/runs-view.ts";

/** Registers everything and does nothing: no file is read and no process started before the user asks for something. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const kernel = new Kernel(context, log);
  const history = new RunHistory(context, log.channel);
  const analysis = new Analysis({ context, kernel, history, log: log.channel });
  const runs = new RunsView(history);
  const models = new ModelsView(context);
  const askAboutFile = new AskAboutFile(context.globalState);

  const actions: Readonly<Record<string, (...args: never[]) => Promise<unknown>>> = {
    newNotebook: async () => window.showNotebookDocument(await openNewNotebook([""])),
    openTour: () => openTour(context),
    askAboutFile: (file?: Uri) => askAboutFile.ask(file),
    askAboutActiveFile: () => askAboutFile.askAboutActive(),
    openAnalysis: () => openAnalysis(analysis),
    showRun: (id: string) => analysis.showAtSide([id]),
    compareRuns: (ids: readonly string[]) => analysis.openBeside(ids),
    exportRunHtml: (ids: readonly string[]) => analysis.saveReport(ids),
    selectModel: () => pickModel(kernel),
    selectDevice: () => pickDevice(),
    restartKernel: () => kernel.restart(),
    clearFeatureCache: () => clearFeatures(kernel),
    exportHtml: () => exportNotebook(htmlFormat(context)),
    exportIpynb: () => exportNotebook(ipynbFormat()),
    exportMarkdown: () => exportNotebook(markdownFormat()),
    showDecision: (uri: Uri, target: StatusTarget) => showDecision(uri, target),
    showLog: async () => log.channel.show(),
    showKernelMenu: () => showKernelMenu(),
    ...runActions(history, runs),
    ...modelActions(models, {
      importer: new ModelImporter(context, log),
      token: new HubToken(context),
      log: log.channel,
    }),
  };
  const register = ([name, action]: [string, (...args: never[]) => Promise<unknown>]): Disposable =>
    commands.registerCommand(`aim.${name}`, (...args: never[]) => reportErrors(log.channel, () => action(...args)));

  context.subscriptions.push(
    log.channel,
    history,
    analysis,
    runs,
    models,
    kernel.onRun((run) => history.remember(run)),
    workspace.registerNotebookSerializer("aim-notebook", serializer),
    ...NOTEBOOK_TYPES.map((type) => new AimController(type, kernel, log.channel)),
    registerCellStatus(kernel),
    new KernelStatus(kernel),
    registerLanguage(kernel),
    openAnalysisOf(notebooks.createRendererMessaging("aim-run"), analysis, log.channel),
    lm.registerTool("aim_ask_media", new AskMediaTool(kernel)),
    ...Object.entries(actions).map(register),
  );
}
