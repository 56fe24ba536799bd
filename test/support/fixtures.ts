import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";

const PUBLIC_SET = path.join(import.meta.dirname, "../fixtures/aim");

/** A folder of parity data; `name` is for test titles. A set may lack some files. */
export interface FixtureSet {
  readonly name: string;
  readonly folder: string;
}

/** The set of this repository and those that AIM_FIXTURES names. Throws for a folder that is missing or empty. */
export function fixtureSets(): FixtureSet[] {
  const more = (process.env.AIM_FIXTURES ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return [PUBLIC_SET, ...more].map((folder) => {
    assert.ok(existsSync(folder), `there is no fixture folder ${folder}`);
    assert.ok(readdirSync(folder).length > 0, `the fixture folder ${folder} is empty`);
    return { name: path.basename(folder), folder };
  });
}

/** The sets that have `file`. */
export function setsWith(file: string): FixtureSet[] {
  return fixtureSets().filter((set) => existsSync(path.join(set.folder, file)));
}

export function readJson<Schema extends z.ZodType>(set: FixtureSet, file: string, schema: Schema): z.output<Schema> {
  return schema.parse(JSON.parse(readFileSync(path.join(set.folder, file), "utf8")));
}

type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface Tensor<Data extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** The tensors of a safetensors file, read on demand; BF16 is widened to float32. */
export class Tensors {
  readonly #tensors: ReadonlyMap<string, () => Tensor>;

  constructor(tensors: ReadonlyMap<string, () => Tensor>) {
    this.#tensors = tensors;
  }

  get names(): string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  get(name: string): Tensor {
    const read = this.#tensors.get(name);
    assert.ok(read, `no tensor ${name}`);
    return read();
  }

  /** A tensor of F32 or BF16. */
  floats(name: string): Tensor<Float32Array> {
    const { shape, data } = this.get(name);
    assert.ok(data instanceof Float32Array, `${name} is not float32`);
    return { shape, data };
  }

  /** The first dots' prefixes of all names that end in `suffix`: the cases of a file. */
  cases(suffix: string): string[] {
    return this.names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  }
}

const READERS: Record<string, (bytes: ArrayBuffer) => TensorData> = {
  F64: (bytes) => new Float64Array(bytes),
  F32: (bytes) => new Float32Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
  BF16: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits << 16).buffer),
};

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export function readTensors(set: FixtureSet, file: string): Tensors {
  const bytes = readFileSync(path.join(set.folder, file));
  const headerEnd = 8 + Number(bytes.readBigUInt64LE());
  const header: Record<string, HeaderEntry> = JSON.parse(bytes.toString("utf8", 8, headerEnd));
  const tensors = new Map<string, () => Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [start, end] = entry.data_offsets;
    const read = READERS[entry.dtype];
    assert.ok(read, `${name} has the unknown type ${entry.dtype}`);
    tensors.set(name, () => ({
      shape: entry.shape,
      data: read(new Uint8Array(bytes.subarray(headerEnd + start, headerEnd + end)).buffer),
    }));
  }
  return new Tensors(tensors);
}
