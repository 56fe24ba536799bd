import { AimError } from "#core/errors.ts";
import { isObject, list, type Reader, text, unreadable, whole, word } from "#core/json-reader.ts";
import { canonicalJson } from "./canonical-json.ts";
import { fillIds } from "./ids.ts";
import { joinBundle, joinLines, mapValues, splitBundle, splitLines } from "./multiline.ts";
import type { Fields, MimeBundle, Notebook, Output } from "./nbformat.ts";

const MOST_CHARACTERS = 100_000_000;
const MOST_LEVELS = 100;

/**
 * Reads the text of an .aimnb or .ipynb file, nbformat 4 of any minor version.
 *
 * Fields and MIME types that it does not know are kept. Texts may be strings or lists of lines; cells without a good id get one (see
 * fillIds); metadata, outputs and execution counts may be missing. Numbers are doubles.
 *
 * Throws `invalid-notebook` with the path of what is wrong.
 */
export function readNotebook(text: string): Notebook {
  const json = parseJson(text);
  checkVersion(json);
  try {
    return notebook(json, "notebook");
  } catch (error) {
    if (!(error instanceof AimError)) throw error;
    throw invalid(error.message, "repair the file in a text editor, or go back to an earlier version of it", error);
  }
}

/**
 * The text of `notebook` as a file: the same notebook always gives the same text.
 *
 * Canonical, as nbformat writes it: keys sorted, one space of indentation, texts as lists of lines, a line break at the end. What readNotebook
 * reads from it equals `notebook`; a file that this function wrote is written again byte by byte.
 */
export function writeNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    const source = splitLines(cell.source);
    if (cell.cell_type === "code") return { ...cell, source, outputs: cell.outputs.map(splitOutput) };
    return cell.attachments
      ? { ...cell, source, attachments: mapValues(cell.attachments, splitBundle) }
      : { ...cell, source };
  });
  return `${canonicalJson({ ...notebook, cells })}\n`;
}

function invalid(message: string, hint: string, cause?: unknown): AimError {
  return new AimError("invalid-notebook", message, { hint, cause });
}

function parseJson(text: string): unknown {
  if (text.length > MOST_CHARACTERS) {
    throw invalid(`notebook must have at most ${MOST_CHARACTERS} characters, got ${text.length}`, "clear its outputs");
  }
  if (text.startsWith("\uFEFF")) {
    throw invalid("notebook begins with a byte order mark", "save the file as UTF-8 without byte order mark");
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`notebook is not JSON: ${reason}`, "was the file cut, or left with merge conflicts?", cause);
  }
  if (!isWithin(MOST_LEVELS, json)) {
    throw invalid(
      `notebook must be nested at most ${MOST_LEVELS} levels deep`,
      "no notebook needs more: where is the file from?",
    );
  }
  return json;
}

function checkVersion(json: unknown): void {
  if (!isObject(json) || json.nbformat === 4 || typeof json.nbformat !== "number") return;
  throw invalid(
    `nbformat must be 4, got ${json.nbformat}`,
    "convert it: jupyter nbconvert --to notebook --nbformat 4 FILE",
  );
}

/** True if `json` has at most `levels` lists and objects inside each other: code that walks it must not run out of stack. */
function isWithin(levels: number, json: unknown): boolean {
  if (typeof json !== "object" || json === null) return true;
  return levels > 0 && Object.values(json).every((item) => isWithin(levels - 1, item));
}

const notebook: Reader<Notebook> = (value, path) => {
  const all = fields(value, path);
  if (all.nbformat !== 4) throw unreadable("nbformat", "4", all.nbformat);
  const minor = whole(0, 1_000)(all.nbformat_minor, "nbformat_minor");
  const cells = fillIds(list(cell)(all.cells, "cells"));
  return {
    ...all,
    nbformat: 4,
    nbformat_minor: Math.max(5, minor),
    metadata: metadata(all.metadata, "metadata"),
    cells,
  };
};

const cell = (value: unknown, path: string) => {
  const all = fields(value, path);
  const common = {
    ...all,
    metadata: metadata(all.metadata, `${path}.metadata`),
    source: lines(all.source, `${path}.source`),
  };
  const cell_type = word(["code", "markdown", "raw"])(all.cell_type, `${path}.cell_type`);
  if (cell_type === "code") {
    const { execution_count = null, outputs = [] } = all;
    const count = executionCount(execution_count, `${path}.execution_count`);
    return { ...common, cell_type, execution_count: count, outputs: list(output)(outputs, `${path}.outputs`) };
  }
  if (all.attachments === undefined) return { ...common, cell_type };
  const files = fields(all.attachments, `${path}.attachments`);
  const attachments = mapValues(files, (file, name) => bundle(file, `${path}.attachments[${JSON.stringify(name)}]`));
  return { ...common, cell_type, attachments };
};

const output: Reader<Output> = (value, path) => {
  const all = fields(value, path);
  const output_type = text(all.output_type, `${path}.output_type`);
  switch (output_type) {
    case "display_data":
    case "execute_result": {
      const data = bundle(all.data, `${path}.data`);
      return { ...all, output_type, data, metadata: metadata(all.metadata, `${path}.metadata`) };
    }
    case "stream":
      return { ...all, output_type, name: text(all.name, `${path}.name`), text: lines(all.text, `${path}.text`) };
    case "error": {
      const [ename, evalue] = [text(all.ename, `${path}.ename`), text(all.evalue, `${path}.evalue`)];
      return { ...all, output_type, ename, evalue, traceback: list(text)(all.traceback, `${path}.traceback`) };
    }
    default:
      return { ...all, output_type };
  }
};

const executionCount: Reader<number | null> = (value, path) =>
  value === null ? null : whole(0, Number.MAX_SAFE_INTEGER)(value, path);

const fields: Reader<Fields> = (value, path) => {
  if (!isObject(value)) throw unreadable(path, "an object", value);
  return value;
};

const metadata: Reader<Fields> = (value, path) => (value === undefined ? {} : fields(value, path));

const lines: Reader<string> = (value, path) => {
  const joined = joinLines(value);
  if (typeof joined !== "string") throw unreadable(path, "a text or a list of texts", value);
  return joined;
};

const bundle: Reader<MimeBundle> = (value, path) => joinBundle(fields(value, path));

function splitOutput(output: Output): Output {
  if (output.output_type === "stream" && typeof output.text === "string")
    return { ...output, text: splitLines(output.text) };
  return isObject(output.data) ? { ...output, data: splitBundle(output.data) } : output;
}
