import { type NotebookCellExecution, NotebookCellOutput, type NotebookCellOutputItem } from "vscode";
import type { LiveRun } from "#core/live-run.ts";
import type { RunEvents } from "#core/progress.ts";
import type { DisplayOutput } from "#notebook/nbformat.ts";
import { liveOutput } from "#notebook/output.ts";
import { editorOutput } from "./editor-output.ts";

/** Updates come at most so often: each sends the whole answer so far to the renderer. */
const INTERVAL_MS = 50;

/** The one output of a cell that runs: first what is known so far, in the end the result, in the same place. */
export class LiveOutput {
  readonly #execution: NotebookCellExecution;
  readonly #output: NotebookCellOutput;
  #run: LiveRun;
  #timer: NodeJS.Timeout | undefined;
  /** Updates reach the editor one after the other. */
  #sent: Promise<void>;

  constructor(execution: NotebookCellExecution, question: string) {
    this.#execution = execution;
    this.#run = { kind: "live", question, answer: "", done: 0, total: 0 };
    this.#output = new NotebookCellOutput(this.#items());
    this.#sent = Promise.resolve(execution.replaceOutput(this.#output));
  }

  readonly events: RunEvents = {
    onProgress: (stage, done, total) => this.#update({ stage, done, total }),
    onText: (text) => this.#update({ answer: this.#run.answer + text }),
  };

  /** What is known so far is of another run from here on. */
  begin(part: string): void {
    const { kind, question } = this.#run;
    this.#run = { kind, question, answer: "", done: 0, total: 0 };
    this.#update(part === "" ? {} : { part });
  }

  /** Puts the result in place of what was known so far. */
  async finish(result: DisplayOutput): Promise<void> {
    await this.end();
    await this.#execution.replaceOutputItems(editorOutput(result).items, this.#output);
  }

  /** Sends nothing more, and waits until what was sent has arrived. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sent;
  }

  #update(change: Partial<LiveRun>): void {
    this.#run = { ...this.#run, ...change };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sent = this.#sent.then(() => this.#execution.replaceOutputItems(this.#items(), this.#output));
    }, INTERVAL_MS);
  }

  #items(): NotebookCellOutputItem[] {
    return editorOutput(liveOutput(this.#run)).items;
  }
}
