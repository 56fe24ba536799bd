import {
  type Disposable,
  type LogOutputChannel,
  type NotebookCell,
  type NotebookController,
  type NotebookDocument,
  notebooks,
  workspace,
} from "vscode";
import type { Kernel } from "../kernel.ts";
import { signalOf } from "../signal.ts";
import { type CellResult, runCell } from "./cell-run.ts";
import { LANGUAGE } from "./cells.ts";

/** Runs the cells of one type of notebook: in the order in which they were asked for, until one fails. */
export class AimController implements Disposable {
  readonly #kernel: Kernel;
  readonly #log: LogOutputChannel;
  readonly #controller: NotebookController;
  readonly #disposables: Disposable[];
  /** What belongs to a notebook while it is open. */
  readonly #runs = new WeakMap<NotebookDocument, NotebookRuns>();

  constructor(notebookType: string, kernel: Kernel, log: LogOutputChannel) {
    this.#kernel = kernel;
    this.#log = log;
    this.#controller = notebooks.createNotebookController(`aim-${notebookType}`, notebookType, "AIM");
    this.#controller.supportedLanguages = [LANGUAGE];
    this.#controller.supportsExecutionOrder = true;
    this.#controller.description = "adaptive inference, on this machine";
    this.#controller.executeHandler = (cells, notebook) => this.#execute(cells, notebook);
    this.#disposables = [
      this.#controller,
      workspace.onDidCloseNotebookDocument((notebook) => this.#runs.get(notebook)?.close()),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #execute(cells: readonly NotebookCell[], notebook: NotebookDocument): Promise<void> {
    if (!workspace.isTrusted) return; // the editor has asked for trust before; this is for whoever calls anyway
    const runs = this.#runs.get(notebook) ?? new NotebookRuns();
    this.#runs.set(notebook, runs);
    // All executions are made at once, so that the editor shows the later ones as waiting.
    const executions = cells.map((cell) => {
      const execution = this.#controller.createNotebookCellExecution(cell);
      return { execution, signal: signalOf(execution.token) };
    });
    await runs.enqueue(async (closed) => {
      let result: CellResult = "done";
      for (const { execution, signal } of executions) {
        if (result !== "done" || signal.aborted || closed.aborted) {
          execution.end(undefined);
          continue;
        }
        execution.executionOrder = runs.nextOrder();
        const context = { signal: AbortSignal.any([signal, closed]), log: this.#log };
        result = await runCell(this.#kernel, execution, context);
      }
    });
  }
}

/** The runs of one open notebook: a queue, a count, and an end for all of them. */
class NotebookRuns {
  readonly #closed = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #order = 0;

  nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }

  enqueue(work: (closed: AbortSignal) => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => work(this.#closed.signal));
    return this.#last;
  }

  close(): void {
    this.#closed.abort();
  }
}
