import { isComparison } from "#core/comparison.ts";
import type { ReportDocument, ReportEntry } from "#core/report-document.ts";
import { parseCell } from "./cell.ts";
import type { Cell, Notebook } from "./nbformat.ts";
import { errorOfOutput, runOfOutput } from "./output.ts";

/** A report of what is saved in `notebook`: its prose, and the runs and failures of its cells. Other outputs are left out. */
export function reportOf({ cells }: Notebook, title: string): ReportDocument {
  return { title, entries: cells.flatMap(entriesOf) };
}

function entriesOf(cell: Cell): ReportEntry[] {
  if (cell.cell_type !== "code") return cell.cell_type === "markdown" ? [{ markdown: cell.source }] : [];
  return cell.outputs.flatMap((output): ReportEntry[] => {
    const run = runOfOutput(output);
    if (run !== undefined) return [isComparison(run) ? { comparison: run } : { run }];
    const error = errorOfOutput(output);
    return error ? [{ heading: parseCell(cell.source).question, error }] : [];
  });
}
