import { type NotebookCell, NotebookCellData, NotebookData, type NotebookDocument } from "vscode";
import { type DocumentData, notebookOf } from "#notebook/document.ts";
import type { Notebook } from "#notebook/nbformat.ts";
import { editorOutputOf } from "./editor-output.ts";

/** A document as the editor takes it. */
export function editorData({ cells, metadata }: DocumentData): NotebookData {
  const made = cells.map(({ kind, value, languageId, outputs, ...rest }) => {
    const cell = new NotebookCellData(kind, value, languageId);
    cell.metadata = rest.metadata;
    cell.outputs = outputs.map(editorOutputOf);
    if (rest.executionSummary) cell.executionSummary = rest.executionSummary;
    return cell;
  });
  const data = new NotebookData(made);
  data.metadata = metadata;
  return data;
}

/** What an open notebook holds now, whether it is saved or not. */
export function notebookOfEditor(notebook: NotebookDocument): Notebook {
  return notebookOf({ cells: notebook.getCells().map(cellData), metadata: notebook.metadata });
}

function cellData({ kind, document, metadata, outputs, executionSummary }: NotebookCell) {
  return { kind, value: document.getText(), languageId: document.languageId, metadata, outputs, executionSummary };
}
