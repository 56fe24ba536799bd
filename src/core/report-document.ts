import { type ComparedRun, comparisonFromJson, comparisonToJson } from "./comparison.ts";
import { AimError } from "./errors.ts";
import { list, object, optional, type Reader, text } from "./json-reader.ts";
import type { RunRecord } from "./record.ts";
import { recordFromJson, recordToJson } from "./record-codec.ts";

/** What a report page shows. It is JSON as it stands, and lies in the page as such. */
export interface ReportDocument {
  readonly title: string;
  readonly entries: readonly ReportEntry[];
}

/** A piece of prose, a run, a comparison, a failure, or any of them together, shown in this order. */
export interface ReportEntry {
  readonly heading?: string;
  /** Shown as text: headings, lists, emphasis and code are set as such, HTML is not. */
  readonly markdown?: string;
  /** What recordToJson or compactRecord gave. */
  readonly run?: unknown;
  /** What comparisonToJson gave. */
  readonly comparison?: unknown;
  readonly error?: ReportError;
}

export interface ReportError {
  readonly message: string;
  readonly hint?: string;
}

const unchecked: Reader<unknown> = (value) => value;

const report = object<ReportDocument>({
  title: text,
  entries: list(
    object<ReportEntry>({
      heading: optional(text),
      markdown: optional(text),
      run: optional(unchecked),
      comparison: optional(unchecked),
      error: optional(object<ReportError>({ message: text, hint: optional(text) })),
    }),
  ),
});

/** Reads a document from anybody; the runs in it are not looked at. Throws `invalid-argument` with the path of what is wrong. */
export function reportFromJson(value: unknown): ReportDocument {
  return report(value, "report");
}

/** The entry of the runs of a question: of several, a comparison. Nothing is left out, however large it is. */
export function runsEntry(runs: readonly ComparedRun[]): ReportEntry {
  const [first, ...others] = runs;
  if (first && others.length === 0) return { run: recordToJson(first.record) };
  return { comparison: comparisonToJson(runs, Number.POSITIVE_INFINITY) };
}

/** An entry whose runs have been read. */
export interface ReadEntry {
  readonly heading: string | undefined;
  readonly markdown: string | undefined;
  readonly record: RunRecord | undefined;
  readonly comparison: readonly ComparedRun[] | undefined;
  readonly error: ReportError | undefined;
}

/** Reads the runs of an entry; what cannot be read is left out and named in the error, so that the rest of the report can be shown. */
export function readEntry({ heading, markdown, run, comparison, error }: ReportEntry): ReadEntry {
  const entry = { heading, markdown, record: undefined, comparison: undefined, error };
  try {
    return {
      ...entry,
      record: run === undefined ? undefined : recordFromJson(run),
      comparison: comparison === undefined ? undefined : comparisonFromJson(comparison),
    };
  } catch (cause) {
    if (!(cause instanceof AimError)) throw cause;
    const unread = { message: `this run cannot be shown: ${cause.message}`, ...(cause.hint && { hint: cause.hint }) };
    return { ...entry, error: error ?? unread };
  }
}
