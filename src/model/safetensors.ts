import { AimError } from "#core/errors.ts";
import { BinaryFile } from "./binary-file.ts";
import { isRecord } from "./json-file.ts";

const BYTES_PER_VALUE = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** Element types that a file may hold; which of them can be computed with is the reader's affair. */
type TensorDtype = keyof typeof BYTES_PER_VALUE;

/** Where one tensor lies: `offset` counts from the start of the file at `path`, values are little-endian and row-major. */
export interface TensorEntry {
  readonly dtype: TensorDtype;
  /** Outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  readonly offset: number;
  readonly sizeBytes: number;
  readonly path: string;
}

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000;
/** A header is an object of objects that hold lists: more depth, or millions of parts, would only exhaust memory. */
const MAX_DEPTH = 3;
const MAX_PARTS = 5_000_000;

const DAMAGED = "the file is damaged or only partly downloaded: download the file again";
const UNSOUND = "download the file again, or write it anew with the safetensors library";

const invalid = (path: string, what: string, hint = UNSOUND, cause?: unknown) =>
  new AimError("invalid-model", `${path}: ${what}`, { hint, cause });

/** A name or value from the file, quoted and short enough for a message. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

/**
 * Reads the header of the safetensors file at `path`: tensor name -> where it lies, in the order of the header.
 *
 * The data is not read, but every claim about it is checked: each tensor's shape and dtype agree with its span, and the spans
 * cover the data without a gap or an overlap. `__metadata__` is skipped.
 *
 * Throws `not-found` if there is no such file, `unsupported` for floats of 8 bits and fewer, `io` if reading fails, else
 * `invalid-model`.
 * Source: the format description of huggingface/safetensors.
 */
export function readSafetensorsHeader(path: string): ReadonlyMap<string, TensorEntry> {
  const file = new BinaryFile(path);
  try {
    return readHeader(file);
  } finally {
    file.close();
  }
}

/** The same for a file that is open already and stays so. */
export function readHeader(file: BinaryFile): ReadonlyMap<string, TensorEntry> {
  const { path, sizeBytes } = file;
  const bytes = file.read(LENGTH_BYTES, Buffer.alloc(headerLength(file)));
  const dataOffset = LENGTH_BYTES + bytes.length;
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(parseHeader(path, bytes))) {
    if (name !== "__metadata__") entries.set(name, parseEntry(path, name, value, dataOffset));
  }
  checkCoverage(path, entries, dataOffset, sizeBytes);
  return entries;
}

function headerLength(file: BinaryFile): number {
  const { path, sizeBytes } = file;
  if (sizeBytes < LENGTH_BYTES) {
    throw invalid(path, `the file has ${sizeBytes} bytes, too few for a safetensors header`, DAMAGED);
  }
  const length = file.read(0, Buffer.alloc(LENGTH_BYTES)).readBigUInt64LE();
  if (length > MAX_HEADER_BYTES) {
    throw invalid(path, `the header claims ${length} bytes, at most ${MAX_HEADER_BYTES} are allowed`);
  }
  if (LENGTH_BYTES + Number(length) > sizeBytes) {
    throw invalid(path, `the header claims ${length} bytes, but the file has only ${sizeBytes}`, DAMAGED);
  }
  return Number(length);
}

function parseHeader(path: string, bytes: Buffer): object {
  checkStructure(path, bytes);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw invalid(path, "the header is not UTF-8 JSON", UNSOUND, cause);
  }
  if (!isRecord(header)) throw invalid(path, `the header must be a JSON object, got ${show(header)}`);
  return header;
}

const [QUOTE, BACKSLASH, COLON, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = Buffer.from('"\\:{}[]');

/** Refuses what JSON.parse would accept: a key given twice, of which it keeps the last, and structure that exhausts memory. */
function checkStructure(path: string, bytes: Buffer): void {
  const open: Set<string>[] = [];
  let lastString = "";
  let parts = 0;
  for (let i = 0; i < bytes.length; i++) {
    const character = bytes[i];
    if (character === QUOTE) {
      const end = endOfString(bytes, i);
      lastString = bytes.toString("utf8", i + 1, end);
      i = end;
    } else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      open.push(new Set());
      parts++;
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) {
      open.pop();
    } else if (character === COLON) {
      const keys = open.at(-1);
      if (keys?.has(lastString)) throw invalid(path, `the header has the key ${show(lastString)} twice`);
      keys?.add(lastString);
      parts++;
    }
    if (open.length > MAX_DEPTH) throw invalid(path, `the header nests deeper than ${MAX_DEPTH} levels`);
    if (parts > MAX_PARTS) throw invalid(path, `the header has more than ${MAX_PARTS} keys and lists`);
  }
}

/** The index of the quote that ends the string which begins at `start`, or the end of `bytes`. */
function endOfString(bytes: Buffer, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}

function parseEntry(path: string, name: string, value: unknown, dataOffset: number): TensorEntry {
  const bad = (what: string) => invalid(path, `tensor ${show(name)}: ${what}`);
  if (!isRecord(value)) throw bad(`expected an object with dtype, shape and data_offsets, got ${show(value)}`);

  const { dtype, shape, data_offsets: span } = value;
  if (typeof dtype === "string" && /^F[468](_|$)/.test(dtype)) {
    throw new AimError("unsupported", `${path}: tensor ${show(name)} has dtype ${show(dtype)}`, {
      hint: "use the BF16, F16 or F32 version of the checkpoint",
    });
  }
  if (!isDtype(dtype)) throw bad(`unknown dtype ${show(dtype)}`);
  if (!isSizeList(shape)) throw bad(`shape must be a list of whole numbers, got ${show(shape)}`);
  if (!isSizeList(span) || span.length !== 2) throw bad(`data_offsets must be two whole numbers, got ${show(span)}`);

  const [begin = 0, end = 0] = span;
  const sizeBytes = shape.reduce((size, length) => size * length, BYTES_PER_VALUE[dtype]);
  if (!Number.isSafeInteger(sizeBytes)) throw bad(`shape ${show(shape)} is too large`);
  if (end - begin !== sizeBytes) {
    const spanned = `data_offsets ${show(span)} span ${end - begin}`;
    throw bad(`shape ${show(shape)} of ${dtype} takes ${sizeBytes} bytes, but ${spanned}`);
  }
  return { dtype, shape, offset: dataOffset + begin, sizeBytes, path };
}

function isDtype(value: unknown): value is TensorDtype {
  return typeof value === "string" && Object.hasOwn(BYTES_PER_VALUE, value);
}

function isSizeList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}

function checkCoverage(
  path: string,
  entries: ReadonlyMap<string, TensorEntry>,
  dataOffset: number,
  fileSizeBytes: number,
): void {
  const byOffset = [...entries].sort(([, a], [, b]) => a.offset - b.offset || a.sizeBytes - b.sizeBytes);
  let covered = dataOffset;
  for (const [name, { offset, sizeBytes }] of byOffset) {
    const where = `tensor ${show(name)} at byte ${offset}`;
    if (offset + sizeBytes > fileSizeBytes) {
      throw invalid(
        path,
        `${where} ends at byte ${offset + sizeBytes}, but the file has only ${fileSizeBytes}`,
        DAMAGED,
      );
    }
    if (offset < covered) throw invalid(path, `${where} overlaps another tensor, which ends at byte ${covered}`);
    if (offset > covered) throw invalid(path, `${where} leaves ${offset - covered} bytes before it unused`);
    covered += sizeBytes;
  }
  if (covered !== fileSizeBytes) {
    throw invalid(path, `the tensors end at byte ${covered}, but the file has ${fileSizeBytes}`, DAMAGED);
  }
}
