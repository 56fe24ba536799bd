import { NotebookCellOutput, NotebookCellOutputItem } from "vscode";
import { type OutputData, outputData } from "#notebook/document-output.ts";
import type { Output } from "#notebook/nbformat.ts";

/** An output of the file format as the editor takes it. */
export function editorOutput(output: Output): NotebookCellOutput {
  return editorOutputOf(outputData(output));
}

export function editorOutputOf({ items, metadata }: OutputData): NotebookCellOutput {
  const made = items.map(({ data, mime }) => new NotebookCellOutputItem(data, mime));
  return new NotebookCellOutput(made, metadata);
}
