/** A value of a table: numbers stay numbers in files, whatever they look like on the page. */
export type Cell = string | number | null;

export interface Column {
  /** The key in JSON and the heading in CSV, with its unit: `flops`, `timeMs`. */
  readonly key: string;
  /** The heading on the page. */
  readonly title: string;
  /** How a value looks on the page; the value itself by default. */
  readonly format?: (value: Cell) => string;
  readonly isNumber?: boolean;
}

/** A column of numbers that look as `format` says; `unknown` stands for what is not known. */
export function numberColumn(key: string, title: string, format: (value: number) => string, unknown = ""): Column {
  return { key, title, isNumber: true, format: (value) => (typeof value === "number" ? format(value) : unknown) };
}

/** A table as data: what is shown, and what CSV and JSON files hold. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** RFC 4180, with a line of headings. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function tableCsv({ columns, rows }: Table): string {
  const lines = [columns.map(({ key }) => key), ...rows].map((row) => row.map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/** A list of objects, one a row. */
export function tableJson({ columns, rows }: Table): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map(({ key }, i) => [key, row[i] ?? null])));
  return `${JSON.stringify(objects, null, 2)}\n`;
}

function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
