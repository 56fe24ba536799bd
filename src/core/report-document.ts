import { list, object, optional, type Reader, text } from "./json-reader.ts";

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
