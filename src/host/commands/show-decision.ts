import { commands, NotebookRange, Selection, type Uri, window, workspace } from "vscode";
import type { StatusTarget } from "#notebook/language/status.ts";

/** Goes to where a setting of a cell is decided: a line of a cell, or the editor's settings. */
export async function showDecision(uri: Uri, target: StatusTarget): Promise<void> {
  if (target.kind === "setting") {
    await commands.executeCommand("workbench.action.openSettings", target.setting);
    return;
  }
  const notebook = await workspace.openNotebookDocument(uri);
  const editor = await window.showNotebookDocument(notebook, { preserveFocus: false });
  editor.selection = new NotebookRange(target.cell, target.cell + 1);
  editor.revealRange(editor.selection);
  const { document } = notebook.cellAt(target.cell);
  const { range } = document.lineAt(Math.min(target.line, document.lineCount - 1));
  await window.showTextDocument(document, { selection: new Selection(range.start, range.end) });
}
