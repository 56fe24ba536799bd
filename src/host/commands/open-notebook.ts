import { type ExtensionContext, type NotebookDocument, Uri, window, workspace } from "vscode";
import { documentOf } from "#notebook/document.ts";
import { createNotebook } from "#notebook/nbformat.ts";
import { editorData } from "../notebook/editor-data.ts";

/** Opens a notebook that is not saved yet, with these cells. */
export async function openNewNotebook(sources: readonly string[]): Promise<NotebookDocument> {
  const cells = sources.map((source, index) => ({
    cell_type: "code" as const,
    id: `cell-${index + 1}`,
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  }));
  return await workspace.openNotebookDocument("aim-notebook", editorData(documentOf(createNotebook(cells))));
}

/**
 * Opens the Tour as a copy of the user's own, so that its outputs can be saved and an update of the extension takes nothing away.
 * A copy that is there is opened as it was left.
 */
export async function openTour({ extension, extensionUri, globalStorageUri }: ExtensionContext): Promise<void> {
  const { version } = extension.packageJSON as { version: string };
  const folder = Uri.joinPath(globalStorageUri, `tour-${version}`);
  const tour = Uri.joinPath(folder, "tour.aimnb");
  const media = Uri.joinPath(extensionUri, "media");
  await workspace.fs.createDirectory(folder);
  await copyIfMissing(Uri.joinPath(media, "samples"), Uri.joinPath(folder, "samples"));
  await copyIfMissing(Uri.joinPath(media, "tour.aimnb"), tour);
  await window.showNotebookDocument(await workspace.openNotebookDocument(tour));
}

async function copyIfMissing(from: Uri, to: Uri): Promise<void> {
  const isThere = await workspace.fs.stat(to).then(
    () => true,
    () => false,
  );
  if (!isThere) await workspace.fs.copy(from, to);
}
