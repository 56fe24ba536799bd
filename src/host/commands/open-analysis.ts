import { type Disposable, type LogOutputChannel, type NotebookRendererMessaging, window } from "vscode";
import { AimError } from "#core/errors.ts";
import { recordFromJson } from "#core/record-codec.ts";
import type { RendererMessage } from "#protocol/renderer-message.ts";
import type { Analysis } from "../analysis/analysis.ts";
import { runsOf } from "../notebook/run-cell.ts";
import { reportErrors } from "../report-error.ts";

/** Opens the analysis of the selected cell's runs, or of the last ones in the notebook. */
export async function openAnalysis(analysis: Analysis): Promise<void> {
  const editor = window.activeNotebookEditor;
  const selected = editor?.notebook.getCells(editor.selection) ?? [];
  const cells = [...(editor?.notebook.getCells() ?? []), ...selected];
  const cell = cells.findLast((each) => runsOf(each).length > 0);
  if (cell === undefined) {
    throw new AimError("not-found", "there is no run to analyse", { hint: "run a cell of an AIM notebook first" });
  }
  await analysis.openRecords(runsOf(cell));
}

/** Opens the analysis of the runs whose output asks for it. */
export function openAnalysisOf(
  messaging: NotebookRendererMessaging,
  analysis: Analysis,
  log: LogOutputChannel,
): Disposable {
  return messaging.onDidReceiveMessage(({ message }: { message: RendererMessage }) =>
    reportErrors(log, async () => {
      if (message.kind === "open-analysis") await analysis.openRecords(message.runs.map((run) => recordFromJson(run)));
    }),
  );
}
