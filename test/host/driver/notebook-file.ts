import { readFileSync, writeFileSync } from "node:fs";
import { isObject } from "#core/json-reader.ts";
import type { RunRecord } from "#core/record.ts";
import { readNotebook, writeNotebook } from "#notebook/file.ts";
import { type Cell, createNotebook, type Notebook } from "#notebook/nbformat.ts";
import { runOfOutput, runOutput } from "#notebook/output.ts";

/** A code cell; with a record, one that was run and saved. */
export function codeCell(id: string, source: string, record?: RunRecord): Cell {
  const outputs = record ? [runOutput(record)] : [];
  return { cell_type: "code", id, metadata: {}, source, execution_count: null, outputs };
}

export function writeCells(file: string, cells: readonly Cell[]): void {
  writeFileSync(file, writeNotebook(createNotebook(cells)));
}

export function readCells(file: string): Notebook {
  return readNotebook(readFileSync(file, "utf8"));
}

/** The answers that are saved in a notebook, in order. */
export function savedAnswers({ cells }: Notebook): unknown[] {
  const outputs = cells.flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []));
  return outputs.map(runOfOutput).flatMap((run) => (isObject(run) ? [run.answer] : []));
}
