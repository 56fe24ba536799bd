import { createNotebook, type Notebook } from "./nbformat.ts";

/** `notebook` for an .ipynb file: marked with the kernel and the cell language of this program, by which Jupyter and the editor know it. */
export function exportIpynb(notebook: Notebook): Notebook {
  return { ...notebook, metadata: { ...notebook.metadata, ...createNotebook([]).metadata } };
}
