import { type ComparedRun, comparisonToJson } from "#core/comparison.ts";
import type { AimError } from "#core/errors.ts";
import { isObject } from "#core/json-reader.ts";
import type { LiveRun } from "#core/live-run.ts";
import type { RunRecord } from "#core/record.ts";
import { compactRecord } from "#core/record-codec.ts";
import type { ReportError } from "#core/report-document.ts";
import type { DisplayOutput, ErrorOutput, Output } from "./nbformat.ts";
import { comparisonMarkdown, markdownSummary } from "./run-markdown.ts";

/** The MIME type of a run record in a notebook, and of a comparison of several. */
export const RUN_MIME = "application/vnd.aim.run+json";

const HINT = "hint: ";
const LINE = 88;

/** The output of a finished run: its compact record, and what a reader shows that does not know RUN_MIME. */
export function runOutput(record: RunRecord): DisplayOutput {
  const markdown = markdownSummary(record);
  const data = { [RUN_MIME]: compactRecord(record), "text/markdown": markdown, "text/plain": markdown };
  return { output_type: "display_data", data, metadata: {} };
}

/** The output of the runs of a cell: of several, a comparison. */
export function cellOutput(runs: readonly ComparedRun[]): DisplayOutput {
  const [first, ...others] = runs;
  if (first && others.length === 0) return runOutput(first.record);
  const markdown = comparisonMarkdown(runs);
  const data = { [RUN_MIME]: comparisonToJson(runs), "text/markdown": markdown, "text/plain": markdown };
  return { output_type: "display_data", data, metadata: {} };
}

/** The output of a run that still goes on, which is never saved. */
export function liveOutput(run: LiveRun): DisplayOutput {
  return { output_type: "display_data", data: { [RUN_MIME]: run }, metadata: {} };
}

/** The output of a run that failed: message and hint, no stack. Lines are short, because editors and Jupyter do not wrap those of errors. */
export function errorOutput({ code, message, hint }: AimError): ErrorOutput {
  const traceback = [...message.split("\n").flatMap(wrapped), ...(hint === undefined ? [] : wrapped(`${HINT}${hint}`))];
  return { output_type: "error", ename: code, evalue: message, traceback };
}

/** The JSON of the record or comparison in `output`, not looked at; undefined for any other output. */
export function runOfOutput({ data }: Output): unknown {
  return isObject(data) ? data[RUN_MIME] : undefined;
}

/** The message of an error output, and the hint if errorOutput made it; undefined for any other output. */
export function errorOfOutput({ output_type, evalue, traceback }: Output): ReportError | undefined {
  if (output_type !== "error" || typeof evalue !== "string") return undefined;
  const lines: readonly unknown[] = Array.isArray(traceback) ? traceback : [];
  const start = lines.findLastIndex((line) => typeof line === "string" && line.startsWith(HINT));
  if (start < 0) return { message: evalue };
  return { message: evalue, hint: lines.slice(start).join(" ").slice(HINT.length) };
}

/** A line in pieces of at most LINE characters, as far as its words allow. */
function wrapped(line: string): string[] {
  const lines = [""];
  for (const word of line.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= LINE) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
