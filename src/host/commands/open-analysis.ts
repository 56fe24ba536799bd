import {
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  type NotebookCell,
  type NotebookRendererMessaging,
  window,
} from "vscode";
import { AimError } from "#core/errors.ts";
import { recordFromJson } from "#core/record-codec.ts";
import type { RendererMessage } from "#protocol/renderer-message.ts";
import { runJsonOf } from "../notebook/run-json.ts";
import { reportErrors } from "../report-error.ts";
import { openRunPanel } from "../views/run-panel.ts";

/** Opens the analysis of the selected cell's run, or of the last one in the notebook. */
export async function openAnalysis(context: ExtensionContext): Promise<void> {
  const editor = window.activeNotebookEditor;
  const selected = editor?.notebook.getCells(editor.selection) ?? [];
  const cells: readonly NotebookCell[] = [...(editor?.notebook.getCells() ?? []), ...selected];
  const run = cells.map(runJsonOf).findLast((json) => json !== undefined);
  if (run === undefined) {
    throw new AimError("not-found", "there is no run to analyse", { hint: "run a cell of an AIM notebook first" });
  }
  openRunPanel(context, recordFromJson(run));
}

/** Opens the analysis of the run whose output asks for it. */
export function openAnalysisOf(
  messaging: NotebookRendererMessaging,
  context: ExtensionContext,
  log: LogOutputChannel,
): Disposable {
  return messaging.onDidReceiveMessage(({ message }: { message: RendererMessage }) =>
    reportErrors(log, async () => {
      if (message.kind === "open-analysis") openRunPanel(context, recordFromJson(message.run));
    }),
  );
}
