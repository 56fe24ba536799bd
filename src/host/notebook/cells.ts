import { homedir } from "node:os";
import { dirname } from "node:path";
import { type NotebookCell, NotebookCellKind, type NotebookDocument, type TextDocument, workspace } from "vscode";
import type { CellSource } from "#notebook/cascade.ts";

/** The notebooks that the kernel serves: its own, and Jupyter's with cells in the language of AIM. */
export const NOTEBOOK_TYPES = ["aim-notebook", "jupyter-notebook"] as const;

/** The language of cells. */
export const LANGUAGE = "aim";

/** The cells of a notebook as the cascade of defaults reads them; code in other languages counts as text. */
export function cellSources(notebook: NotebookDocument): readonly CellSource[] {
  return notebook.getCells().map((cell) => ({ cell_type: cellType(cell), source: cell.document.getText() }));
}

function cellType({ kind, document }: NotebookCell): CellSource["cell_type"] {
  if (kind === NotebookCellKind.Markup) return "markdown";
  return document.languageId === LANGUAGE ? "code" : "raw";
}

/** The folder from which the paths of a notebook start: its own, or the first workspace folder while it is not saved. */
export function baseFolder(notebook: NotebookDocument): string {
  if (notebook.uri.scheme === "file") return dirname(notebook.uri.fsPath);
  return workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
}

/** The cell that a document is the text of, if it is one. */
export function cellOf(document: TextDocument): NotebookCell | undefined {
  if (document.uri.scheme !== "vscode-notebook-cell") return undefined;
  const cells = workspace.notebookDocuments.flatMap((notebook) => notebook.getCells());
  return cells.find((cell) => cell.document === document);
}
