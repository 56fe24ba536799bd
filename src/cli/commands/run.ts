import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { ComparedRun } from "#core/comparison.ts";
import { AimError, isCancelled } from "#core/errors.ts";
import { type ReportEntry, runsEntry } from "#core/report-document.ts";
import { askColumns } from "#notebook/ask-columns.ts";
import { checkCell, type EffectiveCell, effectiveCell } from "#notebook/cascade.ts";
import { readNotebook, writeNotebook } from "#notebook/file.ts";
import type { Cell, Output } from "#notebook/nbformat.ts";
import { cellOutput, errorOutput } from "#notebook/output.ts";
import { EnginePool } from "#runtime/engine-pool.ts";
import { modelFolder } from "#runtime/models.ts";
import { asAimError } from "../as-aim-error.ts";
import type { Command, CommandIo } from "../command.ts";
import { isSet, parseCommandArgs, text } from "../options.ts";
import { ProgressLine } from "../progress.ts";
import { writeReport, writeWhole } from "../report-file.ts";
import { comparedText, runsJson, summaryLines } from "../run-summary.ts";

const OPTIONS = {
  report: { type: "string" },
  write: { type: "boolean" },
  output: { type: "string", short: "o" },
  json: { type: "boolean" },
  "no-cache": { type: "boolean" },
} as const;

/** What became of one code cell. */
interface CellResult {
  readonly question: string;
  /** At least one unless there is an error. */
  readonly runs: readonly ComparedRun[];
  readonly error?: AimError;
}

export const run: Command = {
  name: "run",
  summary: "run all cells of a notebook without an editor",
  help: `Usage: aim run NOTEBOOK.aimnb [options]

Runs every code cell in order. Paths in the notebook are relative to it. Ends at the first cell that fails, with exit code 1.

  --write                write the outputs back into the notebook
  -o, --output FILE      write the notebook with its outputs to another file
  --report FILE.html     write one report of all cells that opens in any browser
  --json                 print a JSON array, one object for each cell that asks something
  --no-cache             do not keep encoded frames on disk`,

  async run(args, io) {
    const { values, positionals } = parseCommandArgs("run", args, OPTIONS);
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) {
      throw new AimError("invalid-argument", "give one notebook", { hint: "aim run FILE.aimnb" });
    }
    const file = resolve(path);
    const notebook = readNotebook(readText(file));
    const isJson = isSet(values, "json");
    const runner = new NotebookRunner(notebook.cells, dirname(file), io, {
      isJson,
      hasDiskCache: !isSet(values, "no-cache"),
    });
    await runner.run();

    const output = text(values, "output") ?? (isSet(values, "write") ? file : undefined);
    if (output !== undefined) await writeWhole(resolve(output), writeNotebook({ ...notebook, cells: runner.cells }));
    const report = text(values, "report");
    if (report !== undefined) {
      const written = await writeReport({ title: basename(file), entries: runner.entries }, report);
      (isJson ? io.err : io.out)(`report: ${written}\n`);
    }
    if (isJson) io.out(`${JSON.stringify(runner.results.map(resultJson), undefined, 2)}\n`);
    const failed = runner.results.find(({ error }) => error)?.error;
    if (failed) throw failed;
    return 0;
  },
};

/** Runs the cells of one notebook in order and collects what they gave, for every form of output. */
class NotebookRunner {
  readonly cells: Cell[] = [];
  readonly entries: ReportEntry[] = [];
  readonly results: CellResult[] = [];
  readonly #sources: readonly Cell[];
  readonly #folder: string;
  readonly #io: CommandIo;
  readonly #options: { isJson: boolean; hasDiskCache: boolean };
  readonly #engines = new EnginePool();
  readonly #progress: ProgressLine;

  constructor(
    cells: readonly Cell[],
    folder: string,
    io: CommandIo,
    options: { isJson: boolean; hasDiskCache: boolean },
  ) {
    this.#sources = cells;
    this.#folder = folder;
    this.#io = io;
    this.#options = options;
    this.#progress = new ProgressLine(io);
  }

  async run(): Promise<void> {
    try {
      let hasFailed = false;
      for (const [index, cell] of this.#sources.entries()) {
        if (cell.cell_type === "markdown") this.entries.push({ markdown: cell.source });
        if (cell.cell_type !== "code" || hasFailed) {
          this.cells.push(cell);
          continue;
        }
        const result = await this.#runCell(effectiveCell(this.#sources, index));
        hasFailed = result?.error !== undefined;
        this.cells.push(withOutputs(cell, result, this.results.length));
      }
    } finally {
      this.#progress.clear();
      await this.#engines.close();
    }
  }

  /** Undefined for a cell that asks nothing and has no error. */
  async #runCell(cell: EffectiveCell): Promise<CellResult | undefined> {
    const { question } = cell;
    if (question === "" && cell.errors.length === 0) return undefined;
    this.#say(`\n> ${question}\n`);
    const result = await this.#answer(cell).then(
      (runs): CellResult => ({ question, runs }),
      (failure: unknown): CellResult => {
        if (isCancelled(failure)) throw failure;
        return { question, runs: [], error: asAimError(failure) };
      },
    );
    this.#progress.clear();
    this.#say(runsText(result.runs));
    this.entries.push(entryOf(result));
    this.results.push(result);
    return result;
  }

  async #answer(cell: EffectiveCell): Promise<readonly ComparedRun[]> {
    checkCell(cell);
    const { question, model, device, columns } = cell;
    const { runs, isComplete } = await askColumns(
      columns,
      async ({ media, precision, visionPrecision, patch }, part) => {
        const engine = await this.#engines.get(modelFolder(model, this.#folder), {
          ...(device && { device }),
          ...(precision && { precision }),
          ...(visionPrecision && { visionPrecision }),
          hasDiskCache: this.#options.hasDiskCache,
        });
        const query = {
          question,
          media: media.map((medium) => ({ ...medium, path: resolve(this.#folder, medium.path) })),
          settings: patch,
        };
        return await engine.ask(query, this.#progress.eventsOf(part), this.#io.signal);
      },
    );
    if (!isComplete) throw new AimError("cancelled", "cancelled");
    return runs;
  }

  #say(words: string): void {
    if (!this.#options.isJson) this.#io.out(words);
  }
}

function runsText(runs: readonly ComparedRun[]): string {
  const [first, ...others] = runs;
  if (first === undefined) return "";
  if (others.length > 0) return `${runs.map(comparedText).join("\n\n")}\n`;
  const lines = summaryLines(first.record).map((line) => `  ${line}`);
  return `${first.record.answer}\n\n${lines.join("\n")}\n`;
}

function entryOf({ question, runs, error }: CellResult): ReportEntry {
  if (error === undefined) return runsEntry(runs);
  const { message, hint } = error;
  return { heading: question, error: { message, ...(hint && { hint }) } };
}

function withOutputs(cell: Cell, result: CellResult | undefined, count: number): Cell {
  if (cell.cell_type !== "code") return cell;
  if (result === undefined) return { ...cell, execution_count: null, outputs: [] };
  return { ...cell, execution_count: count, outputs: outputsOf(result) };
}

function outputsOf({ runs, error }: CellResult): Output[] {
  return [error ? errorOutput(error) : cellOutput(runs)];
}

function resultJson({ question, runs, error }: CellResult): unknown {
  if (error === undefined) return runsJson(question, runs);
  return { question, error: { code: error.code, message: error.message, hint: error.hint } };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AimError("not-found", `${path} cannot be read`, { hint: "give the path of an .aimnb file", cause });
  }
}
