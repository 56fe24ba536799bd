import { isObject } from "#core/json-reader.ts";
import { type EditedOutput, type OutputData, outputData, outputOf } from "./document-output.ts";
import { fillIds } from "./ids.ts";
import { type Cell, createNotebook, type Fields, type Notebook } from "./nbformat.ts";

const MARKUP = 1;
const CODE = 2;
const LANGUAGE = "aim";
const RAW = "raw";

/** A cell as an editor holds it. `metadata` is the nbformat cell without what the other fields say. */
export interface CellData {
  /** 1 is prose, 2 is code, as in the editor's interface. */
  readonly kind: 1 | 2;
  readonly value: string;
  /** `raw` for cells that are neither run nor rendered. */
  readonly languageId: string;
  readonly metadata: Fields;
  readonly outputs: readonly OutputData[];
  readonly executionSummary?: { readonly executionOrder: number; readonly success: boolean };
}

/** A notebook as an editor holds it. `metadata` is the nbformat notebook without its cells. */
export interface DocumentData {
  readonly cells: readonly CellData[];
  readonly metadata: Fields;
}

/** A cell as an editor hands it back. */
interface EditedCell {
  readonly kind: 1 | 2;
  readonly value: string;
  readonly languageId: string;
  readonly metadata?: Fields | undefined;
  readonly outputs?: readonly EditedOutput[] | undefined;
  /** Times are not saved, so that the file does not depend on them. */
  readonly executionSummary?: { readonly executionOrder?: number | undefined } | undefined;
}

/** A notebook as an editor hands it back. */
interface EditedDocument {
  readonly cells: readonly EditedCell[];
  readonly metadata?: Fields | undefined;
}

/** `notebook` for an editor. Nothing is lost: notebookOf gives back what this was given. */
export function documentOf({ cells, ...metadata }: Notebook): DocumentData {
  return { cells: cells.map(cellData), metadata };
}

/**
 * The notebook that an editor hands back, edited or new. Cells that were made or copied there get ids of their own (see fillIds); outputs of
 * runs that still go on are left out.
 */
export function notebookOf({ cells, metadata = {} }: EditedDocument): Notebook {
  const fresh = createNotebook([]);
  const minor = metadata.nbformat_minor;
  return {
    ...metadata,
    nbformat: fresh.nbformat,
    nbformat_minor: typeof minor === "number" ? minor : fresh.nbformat_minor,
    metadata: isObject(metadata.metadata) ? metadata.metadata : fresh.metadata,
    cells: fillIds(cells.map(cellOf)),
  };
}

function cellData(cell: Cell): CellData {
  if (cell.cell_type === "code") {
    const { cell_type, source, outputs, execution_count, ...rest } = cell;
    const success = outputs.every(({ output_type }) => output_type !== "error");
    return {
      ...{ kind: CODE, value: source, languageId: languageOf(cell.metadata) },
      metadata: withSource(rest, source),
      outputs: outputs.map(outputData),
      ...(execution_count !== null && { executionSummary: { executionOrder: execution_count, success } }),
    };
  }
  const { cell_type, source, ...rest } = cell;
  const metadata = withSource(rest, source);
  if (cell_type === "raw") return { kind: CODE, value: source, languageId: RAW, metadata, outputs: [] };
  return { kind: MARKUP, value: source, languageId: "markdown", metadata, outputs: [] };
}

function cellOf({ kind, value, languageId, metadata: all = {}, outputs = [], executionSummary }: EditedCell) {
  const { source: before, ...rest } = all;
  const isSame = typeof before === "string" && unbroken(before) === unbroken(value);
  const common = { ...rest, source: isSame ? before : value, metadata: isObject(all.metadata) ? all.metadata : {} };
  if (kind === MARKUP) return { ...common, cell_type: "markdown" as const };
  if (languageId === RAW) return { ...common, cell_type: "raw" as const };
  return {
    ...common,
    cell_type: "code" as const,
    metadata: withLanguage(common.metadata, languageId),
    outputs: outputs.map(outputOf).filter((output) => output !== undefined),
    execution_count: executionSummary?.executionOrder ?? null,
  };
}

/** Adds the text where it has other line breaks than "\n", because an editor makes those of a cell all the same. */
function withSource(metadata: Fields, source: string): Fields {
  return source.includes("\r") ? { ...metadata, source } : metadata;
}

const unbroken = (text: string) => text.replaceAll(/\r\n|\r/g, "\n");

/** The language of a code cell; other editors keep one that is not the notebook's in this place. */
function languageOf({ vscode }: Fields): string {
  const language = isObject(vscode) ? vscode.languageId : undefined;
  return typeof language === "string" && language !== RAW ? language : LANGUAGE;
}

function withLanguage(metadata: Fields, languageId: string): Fields {
  if (languageOf(metadata) === languageId) return metadata;
  return { ...metadata, vscode: { ...(isObject(metadata.vscode) ? metadata.vscode : {}), languageId } };
}
