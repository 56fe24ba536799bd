import type { NotebookCell } from "vscode";
import { effectiveCell } from "#notebook/cascade.ts";
import type { EditorContext } from "#notebook/language/editor-context.ts";
import type { Kernel } from "../kernel.ts";
import { baseFolder, cellSources } from "../notebook/cells.ts";
import { readSettings } from "../settings.ts";

/** What holds for a code cell beside its notebook: the user's settings, and what its model advises if the kernel has told. */
export function editorContext(kernel: Kernel, cell: NotebookCell): EditorContext {
  const settings = readSettings(cell.notebook.uri);
  const { model = settings.model } = effectiveCell(cellSources(cell.notebook), cell.index);
  const known = kernel.knownModel({ model: model, base: baseFolder(cell.notebook) });
  return { defaults: settings, preset: known && { ...known.preset, layers: known.layers } };
}
