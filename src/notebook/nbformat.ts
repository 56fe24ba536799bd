/** A JSON object of which some fields are known; the others are kept as they are. */
export interface Fields {
  readonly [name: string]: unknown;
}

/** Data by MIME type. Values that JSON MIME types name are JSON, others are text (binary data as base64). */
export type MimeBundle = Fields;

/** What a run shows. `data` holds the same thing in several forms; a reader shows the richest that it knows. */
export interface DisplayOutput extends Fields {
  readonly output_type: "display_data";
  readonly data: MimeBundle;
  readonly metadata: Fields;
}

export interface ErrorOutput extends Fields {
  readonly output_type: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** Any output, of this program (DisplayOutput, ErrorOutput) or another. */
export interface Output extends Fields {
  readonly output_type: string;
}

interface CellFields extends Fields {
  /** 1 to 64 of the characters a-z A-Z 0-9 - _, unique in the notebook. */
  readonly id: string;
  readonly metadata: Fields;
  readonly source: string;
}

interface CodeCell extends CellFields {
  readonly cell_type: "code";
  readonly execution_count: number | null;
  readonly outputs: readonly Output[];
}

/** Markdown, or raw text that is neither run nor rendered. */
interface TextCell extends CellFields {
  readonly cell_type: "markdown" | "raw";
  /** By file name. */
  readonly attachments?: Readonly<Record<string, MimeBundle>>;
}

export type Cell = CodeCell | TextCell;

/**
 * A notebook in memory: nbformat 4.5 JSON as it is in the file, unknown fields included, but every multi-line text is one string.
 *
 * Source: nbformat's documentation of the notebook file format.
 */
export interface Notebook extends Fields {
  readonly nbformat: 4;
  /** 5, or what a newer writer left. */
  readonly nbformat_minor: number;
  readonly metadata: Fields;
  readonly cells: readonly Cell[];
}

/** A notebook of this program, marked with its kernel and cell language. */
export function createNotebook(cells: readonly Cell[]): Notebook {
  const metadata = {
    kernelspec: { name: "aim", display_name: "AIM", language: "aim" },
    language_info: { name: "aim" },
  };
  return { nbformat: 4, nbformat_minor: 5, metadata, cells };
}
