import { createHash } from "node:crypto";
import { AimError } from "#core/errors.ts";
import { BinaryFile } from "./binary-file.ts";
import { readJsonFile } from "./json-file.ts";
import { nearNames } from "./near-names.ts";
import { readFloats } from "./read-floats.ts";
import { readHeader, type TensorEntry } from "./safetensors.ts";
import { findWeightFiles } from "./weight-files.ts";

/** Some rows of a tensor: `values` is row-major [rows, columns] and begins with row `firstRow`. */
export interface RowChunk {
  readonly firstRow: number;
  readonly values: Float32Array;
}

/**
 * Opens the weights of the model folder `dir`: one safetensors file, or shards with an index.
 *
 * Only headers are read. Of shards, those tensors count that the index names.
 *
 * Throws `not-found` if there are no weights, `invalid-model` if a file or the index is not sound, `unsupported` or `io` as
 * `readSafetensorsHeader` does.
 */
export function openWeights(dir: string): Weights {
  const { paths, index } = findWeightFiles(dir);
  const files = new Map<string, BinaryFile>();
  try {
    const headers = new Map<string, ReadonlyMap<string, TensorEntry>>();
    for (const [name, path] of paths) {
      const file = new BinaryFile(path);
      files.set(name, file);
      headers.set(name, readHeader(file));
    }
    return new Weights(dir, files, collectTensors(dir, headers, index));
  } catch (error) {
    for (const file of files.values()) file.close();
    throw error;
  }
}

function collectTensors(
  dir: string,
  headers: ReadonlyMap<string, ReadonlyMap<string, TensorEntry>>,
  index: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, TensorEntry> {
  if (index === undefined) return new Map([...headers.values()].flatMap((header) => [...header]));
  const tensors = new Map<string, TensorEntry>();
  for (const [tensor, file] of index) {
    const entry = headers.get(file)?.get(tensor);
    if (entry === undefined) {
      throw new AimError(
        "invalid-model",
        `${dir}: the index puts ${JSON.stringify(tensor)} into ${file}, which lacks it`,
        {
          hint: `index and shards are of different versions: download ${file} and the index again`,
        },
      );
    }
    tensors.set(tensor, entry);
  }
  return tensors;
}

/** The tensors of a checkpoint, read by position from files that stay open until `close`. Widened to float32 on request. */
export class Weights {
  readonly #dir: string;
  readonly #files: ReadonlyMap<string, BinaryFile>;
  readonly #fileAt: ReadonlyMap<string, BinaryFile>;
  readonly #tensors: ReadonlyMap<string, TensorEntry>;
  #converted: ReadonlySet<string> | undefined;

  /** `files` by name in the folder; `tensors` by name, each in one of the files. */
  constructor(dir: string, files: ReadonlyMap<string, BinaryFile>, tensors: ReadonlyMap<string, TensorEntry>) {
    this.#dir = dir;
    this.#files = files;
    this.#fileAt = new Map([...files.values()].map((file) => [file.path, file]));
    this.#tensors = tensors;
  }

  names(): Iterable<string> {
    return this.#tensors.keys();
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** Whether there is a tensor `name:what`, to which `name` was converted when the checkpoint was imported. */
  hasConverted(name: string): boolean {
    this.#converted ??= new Set([...this.#tensors.keys()].flatMap((each) => /^(.+):/.exec(each)?.[1] ?? []));
    return this.#converted.has(name);
  }

  /** Where the tensor lies; `path` has links followed. Throws `invalid-model`, with near names, if the checkpoint lacks it. */
  entry(name: string): TensorEntry {
    const entry = this.#tensors.get(name);
    if (entry) return entry;
    const near = nearNames(name, this.#tensors.keys());
    throw new AimError("invalid-model", `${this.#dir}: no tensor ${JSON.stringify(name)} among ${this.#tensors.size}`, {
      hint: near.length > 0 ? `the checkpoint has ${near.join(", ")}` : "the weights belong to another kind of model",
    });
  }

  /** [rows, columns] of a matrix. Throws `invalid-model` if the tensor has not two dimensions. */
  matrixShape(name: string): readonly [rows: number, columns: number] {
    const { shape } = this.entry(name);
    const [rows, columns] = shape;
    if (shape.length !== 2 || rows === undefined || columns === undefined) {
      throw new AimError("invalid-model", `${name} must be a matrix, has shape ${JSON.stringify(shape)}`, {
        hint: "the weights belong to another kind of model",
      });
    }
    return [rows, columns];
  }

  /** All values, row-major. Throws `invalid-model` unless they are F32, F16 or BF16. */
  readFloat32(name: string): Float32Array {
    return this.#readFloats(name, 0, count(this.entry(name)));
  }

  /** The given rows of a matrix, in the given order, as [rows, columns]. Throws `invalid-argument` for a row it lacks. */
  readRows(name: string, rows: readonly number[]): Float32Array {
    const [rowCount, columns] = this.matrixShape(name);
    const values = new Float32Array(rows.length * columns);
    for (const [i, row] of rows.entries()) {
      if (!(Number.isInteger(row) && row >= 0 && row < rowCount)) {
        throw new AimError("invalid-argument", `${name} has rows 0 to ${rowCount - 1}, got ${row}`, {
          hint: "the tokenizer and the weights may be of different models",
        });
      }
      values.set(this.#readFloats(name, row * columns, columns), i * columns);
    }
    return values;
  }

  /**
   * All rows in order, `rowsPerChunk` at a time and fewer at the end, in new memory each time. A tensor of another rank is read
   * as [first dimension, all others], a scalar as one row.
   */
  *streamRows(name: string, rowsPerChunk: number): Iterable<RowChunk> {
    const [rows = 1, ...others] = this.entry(name).shape;
    const columns = others.reduce((product, length) => product * length, 1);
    if (!(Number.isInteger(rowsPerChunk) && rowsPerChunk > 0)) {
      throw new AimError("invalid-argument", `rowsPerChunk must be a whole number above 0, got ${rowsPerChunk}`);
    }
    for (let firstRow = 0; firstRow < rows; firstRow += rowsPerChunk) {
      const length = Math.min(rowsPerChunk, rows - firstRow) * columns;
      yield { firstRow, values: this.#readFloats(name, firstRow * columns, length) };
    }
  }

  /** Fills `target` with the tensor's bytes from byte `offset` on, as they are stored. */
  readBytes(name: string, offset: number, target: Uint8Array): void {
    const entry = this.entry(name);
    if (!(offset >= 0 && offset + target.length <= entry.sizeBytes)) {
      throw new AimError(
        "invalid-argument",
        `${name} has ${entry.sizeBytes} bytes, asked for ${offset}+${target.length}`,
      );
    }
    this.#fileOf(entry).read(entry.offset + offset, target);
  }

  /** Bytes of all tensors. */
  get sizeBytes(): number {
    return [...this.#tensors.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Values of all floating-point tensors; what is stored once and used twice (tied embeddings) counts once. */
  parameterCount(): number {
    return [...this.#tensors.values()]
      .filter(({ dtype }) => /F/.test(dtype))
      .reduce((sum, entry) => sum + count(entry), 0);
  }

  /**
   * A short name for this checkpoint, for caches: a hash over config.json and each weight file's name, size, time of last change
   * and header. The folder's own path does not count.
   *
   * It does not notice values that changed while size and time stayed, nor other files of the folder (tokenizer, preprocessor).
   * It changes though nothing did if the files are copied without their times.
   */
  identity(): string {
    const hash = createHash("sha256").update(JSON.stringify(readJsonFile(this.#dir, "config.json")));
    for (const [name, { sizeBytes, modifiedMs }] of [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      hash.update(JSON.stringify([name, sizeBytes, modifiedMs]));
    }
    for (const [name, { dtype, shape, offset }] of this.#tensors)
      hash.update(JSON.stringify([name, dtype, shape, offset]));
    return hash.digest("hex").slice(0, 16);
  }

  /** Closes the files; the weights cannot be read after that. */
  close(): void {
    for (const file of this.#files.values()) file.close();
  }

  #readFloats(name: string, first: number, length: number): Float32Array {
    const entry = this.entry(name);
    return readFloats(this.#fileOf(entry), entry, { name, first, length });
  }

  #fileOf({ path }: TensorEntry): BinaryFile {
    const file = this.#fileAt.get(path);
    if (file) return file;
    throw new AimError("invalid-argument", `${path}: not a file of these weights`);
  }
}

const count = ({ shape }: TensorEntry) => shape.reduce((product, length) => product * length, 1);
