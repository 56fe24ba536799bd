import { AimError } from "./errors.ts";
import { list, object, optional, type Reader, text } from "./json-reader.ts";
import type { RunRecord } from "./record.ts";
import { recordFromJson } from "./record-codec.ts";

/** What a report page shows. It is JSON as it stands, and lies in the page as such. */
export interface ReportDocument {
  readonly title: string;
  readonly entries: readonly ReportEntry[];
}

/** A piece of prose, a run, a failure, or any of them together, shown in this order. */
export interface ReportEntry {
  readonly heading?: string;
  /** Shown as text: headings, lists, emphasis and code are set as such, HTML is not. */
  readonly markdown?: string;
  /** What recordToJson or compactRecord gave. */
  readonly run?: unknown;
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
      error: optional(object<ReportError>({ message: text, hint: optional(text) })),
    }),
  ),
});

/** Reads a document from anybody; the runs in it are not looked at. Throws `invalid-argument` with the path of what is wrong. */
export function reportFromJson(value: unknown): ReportDocument {
  return report(value, "report");
}

/** An entry whose run has been read. */
export interface ReadEntry {
  readonly heading: string | undefined;
  readonly markdown: string | undefined;
  readonly record: RunRecord | undefined;
  readonly error: ReportError | undefined;
}

/** Reads the run of an entry; one that cannot be read is left out and named in the error, so that the rest of the report can be shown. */
export function readEntry({ heading, markdown, run, error }: ReportEntry): ReadEntry {
  const entry = { heading, markdown, record: undefined, error };
  if (run === undefined) return entry;
  try {
    return { ...entry, record: recordFromJson(run) };
  } catch (cause) {
    if (!(cause instanceof AimError)) throw cause;
    const unread = { message: `this run cannot be shown: ${cause.message}`, ...(cause.hint && { hint: cause.hint }) };
    return { ...entry, error: error ?? unread };
  }
}
