import { basename, dirname, extname, join } from "node:path";
import { env, l10n, type NotebookDocument, Uri, window, workspace } from "vscode";
import { AimError } from "#core/errors.ts";
import { baseFolder } from "../notebook/cells.ts";
import { notebookOfEditor } from "../notebook/editor-data.ts";
import type { ExportFormat } from "./export-formats.ts";

/** Asks where to, and writes the notebook of the active editor, as it is now, in `format`. */
export async function exportNotebook(format: ExportFormat): Promise<void> {
  const notebook = activeNotebook();
  const name = basename(notebook.uri.path, extname(notebook.uri.path));
  const target = await window.showSaveDialog({
    defaultUri: Uri.file(join(baseFolder(notebook), name + format.extension)),
    filters: { [format.label]: [format.extension.slice(1)] },
  });
  if (!target) return;
  const text = await format.write(notebookOfEditor(notebook), name);
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
  const [open, reveal] = [l10n.t("Open"), l10n.t("Show in Folder")];
  const message = l10n.t("{0} was written to {1}", basename(target.path), dirname(target.fsPath));
  const choice = await window.showInformationMessage(message, open, reveal);
  if (choice === open) await format.open(target);
  if (choice === reveal) await env.openExternal(Uri.file(dirname(target.fsPath)));
}

function activeNotebook(): NotebookDocument {
  const notebook = window.activeNotebookEditor?.notebook;
  if (notebook) return notebook;
  throw new AimError("invalid-argument", "no notebook is open in the active editor", {
    hint: "open the notebook that you want to export",
  });
}
