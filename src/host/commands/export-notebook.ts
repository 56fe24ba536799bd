import { basename, extname } from "node:path";
import { type NotebookDocument, window } from "vscode";
import { AimError } from "#core/errors.ts";
import { baseFolder } from "../notebook/cells.ts";
import { notebookOfEditor } from "../notebook/editor-data.ts";
import { saveFile } from "../save-file.ts";
import type { ExportFormat } from "./export-formats.ts";

/** Asks where to, and writes the notebook of the active editor, as it is now, in `format`. */
export async function exportNotebook(format: ExportFormat): Promise<void> {
  const notebook = activeNotebook();
  const name = basename(notebook.uri.path, extname(notebook.uri.path));
  await saveFile({
    name: name + format.extension,
    label: format.label,
    folder: baseFolder(notebook),
    write: async () => new TextEncoder().encode(await format.write(notebookOfEditor(notebook), name)),
    open: format.open,
  });
}

function activeNotebook(): NotebookDocument {
  const notebook = window.activeNotebookEditor?.notebook;
  if (notebook) return notebook;
  throw new AimError("invalid-argument", "no notebook is open in the active editor", {
    hint: "open the notebook that you want to export",
  });
}
