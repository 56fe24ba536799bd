import { commands, Disposable, type NotebookCell, Range, WorkspaceEdit, workspace } from "vscode";
import { AimError } from "#core/errors.ts";
import type { RunRecord } from "#core/record.ts";
import { effectOf, heardCells } from "#notebook/cascade.ts";
import { withReduction } from "#notebook/edit-cell.ts";
import type { CellReduction } from "#protocol/analysis-api.ts";
import { cellSources } from "../notebook/cells.ts";
import { cellOfRun, runsOf } from "../notebook/run-cell.ts";

/** Writes directives into the cell that shows `run`; run if told so, it gives the run that follows, undefined if that failed or never came. */
export async function writeToCell(
  run: string,
  reduction: CellReduction,
  isRun: boolean,
  signal: AbortSignal,
): Promise<RunRecord | undefined> {
  const cell = cellOfRun(run);
  if (cell === undefined) {
    throw new AimError("not-found", "no open notebook shows this run any more", {
      hint: "open its notebook, or copy the directives into a cell",
    });
  }
  const { document, notebook } = cell;
  const source = document.getText();
  const edit = new WorkspaceEdit();
  const written = withReduction(source, reduction, { hasMethodAbove: hasMethodAbove(cell) });
  const whole = new Range(document.positionAt(0), document.positionAt(source.length));
  edit.replace(document.uri, whole, written);
  await workspace.applyEdit(edit);
  if (!isRun) return undefined;
  const next = nextRun(cell, signal);
  const range = { start: cell.index, end: cell.index + 1 };
  await commands.executeCommand("notebook.cell.execute", { ranges: [range], document: notebook.uri });
  return await next;
}

/** True if a cell above sets a method for this one. */
function hasMethodAbove({ notebook, index }: NotebookCell): boolean {
  return effectOf(heardCells(cellSources(notebook), index).slice(0, -1)).patch.method !== undefined;
}

/** The next run that `cell` shows when it is done; undefined if it fails, is stopped, or the notebook or the page is closed first. */
function nextRun(cell: NotebookCell, signal: AbortSignal): Promise<RunRecord | undefined> {
  const [before] = runsOf(cell);
  return new Promise((resolve) => {
    const end = (record?: RunRecord) => {
      listening.dispose();
      signal.removeEventListener("abort", stop);
      resolve(record);
    };
    const stop = () => end();
    const listening = Disposable.from(
      workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
        const change = cellChanges.find((each) => each.cell === cell && each.executionSummary?.timing !== undefined);
        if (change === undefined) return;
        const [after] = runsOf(cell);
        end(after?.id === before?.id ? undefined : after);
      }),
      workspace.onDidCloseNotebookDocument((notebook) => notebook === cell.notebook && end()),
    );
    signal.addEventListener("abort", stop);
  });
}
