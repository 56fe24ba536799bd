import { type NotebookCell, type NotebookCellOutput, workspace } from "vscode";
import { recordsFromJson } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import { isObject } from "#core/json-reader.ts";
import type { RunRecord } from "#core/record.ts";
import { LANGUAGE } from "./cells.ts";
import { runJsonOf } from "./run-json.ts";

/** What was read of outputs: a run that has ended stays as it is, but one that goes on changes within its output. */
const known = new WeakMap<NotebookCellOutput, readonly RunRecord[]>();

/** The finished runs that a cell shows: one, those of a comparison, or none. */
export function runsOf(cell: NotebookCell): readonly RunRecord[] {
  const [output] = cell.outputs;
  if (output === undefined || cell.document.languageId !== LANGUAGE) return [];
  const runs = known.get(output) ?? readRuns(cell);
  if (runs.length > 0) known.set(output, runs);
  return runs;
}

/** The cell of an open notebook that shows this run and no other. */
export function cellOfRun(run: string): NotebookCell | undefined {
  const cells = workspace.notebookDocuments.flatMap((notebook) => notebook.getCells());
  return cells.find((cell) => {
    // The id alone, so that the outputs of a whole notebook need not be checked.
    const json = runJsonOf(cell);
    return isObject(json) && json.id === run;
  });
}

function readRuns(cell: NotebookCell): readonly RunRecord[] {
  const json = runJsonOf(cell);
  try {
    return json === undefined ? [] : recordsFromJson(json);
  } catch (error) {
    if (error instanceof AimError) return []; // it goes on, or the output itself says what is wrong with it
    throw error;
  }
}
