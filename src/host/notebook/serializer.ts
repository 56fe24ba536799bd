import type { NotebookSerializer } from "vscode";
import { documentOf, notebookOf } from "#notebook/document.ts";
import { readNotebook, writeNotebook } from "#notebook/file.ts";
import { createNotebook } from "#notebook/nbformat.ts";
import { editorData } from "./editor-data.ts";

/** Reads and writes .aimnb files; an empty file is a notebook without cells. */
export const serializer: NotebookSerializer = {
  deserializeNotebook(bytes) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return editorData(documentOf(text.trim() === "" ? createNotebook([]) : readNotebook(text)));
  },
  serializeNotebook(data) {
    return new TextEncoder().encode(writeNotebook(notebookOf(data)));
  },
};
