import { commands, type LogOutputChannel, type NotebookCellExecution } from "vscode";
import { isCancelled } from "#core/errors.ts";
import { askColumns } from "#notebook/ask-columns.ts";
import { cellOutput, errorOutput } from "#notebook/output.ts";
import type { Kernel } from "../kernel.ts";
import { asAimError } from "../report-error.ts";
import { editorOutput } from "./editor-output.ts";
import { LiveOutput } from "./live-output.ts";
import { requestsOf } from "./request.ts";

/** What became of a cell: only after `done` do the cells below it run. */
export type CellResult = "done" | "failed" | "cancelled";

/** Runs the cell of `execution` from start to end: every way it can go is shown in the cell, and nothing is thrown. */
export async function runCell(
  kernel: Kernel,
  execution: NotebookCellExecution,
  { signal, log }: { signal: AbortSignal; log: LogOutputChannel },
): Promise<CellResult> {
  execution.start(Date.now());
  const result = await answerCell(kernel, execution, signal).catch(async (error: unknown): Promise<CellResult> => {
    if (isCancelled(error)) {
      await execution.clearOutput();
      return "cancelled";
    }
    log.error(error instanceof Error ? error : String(error));
    await execution.replaceOutput(editorOutput(errorOutput(asAimError(error))));
    return "failed";
  });
  // Neither success nor failure: the editor then shows a stopped cell as one that was not run.
  execution.end(result === "cancelled" ? undefined : result === "done", Date.now());
  return result;
}

async function answerCell(kernel: Kernel, execution: NotebookCellExecution, signal: AbortSignal): Promise<CellResult> {
  const requests = requestsOf(execution.cell);
  const [first] = requests;
  if (first === undefined) {
    await execution.clearOutput();
    return "done";
  }
  const live = new LiveOutput(execution, first.request.question);
  try {
    const { runs, isComplete } = await askColumns(requests, ({ request }, part) => {
      live.begin(part);
      return kernel.ask(request, live.events, signal, execution.cell.notebook.uri);
    });
    await live.finish(cellOutput(runs));
    if (!isComplete) return "cancelled";
    void commands.executeCommand("setContext", "aim.hasRun", true); // ticks a step of the walkthrough
    return "done";
  } finally {
    await live.end();
  }
}
