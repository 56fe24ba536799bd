import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { toQ8 } from "./export-gguf.ts";
import { writeGguf } from "./gguf.ts";

describe("a GGUF file", () => {
  const folder = temporaryFolder();

  it("has its header, sizes innermost first, and tensors at multiples of 32", () => {
    const file = path.join(folder(), "a.gguf");
    const tensor = (name: string, dims: number[], byte: number) => ({
      name,
      dims,
      type: "F32" as const,
      bytes: () => [new Uint8Array(dims.reduce((a, b) => a * b, 4)).fill(byte)],
    });
    writeGguf(file, { "a.b": { kind: "uint32", value: 7 } }, [tensor("x", [2, 3], 1), tensor("y", [5], 2)]);
    const bytes = readFileSync(file);
    assert.equal(bytes.toString("latin1", 0, 4), "GGUF");
    assert.deepEqual([bytes.readUInt32LE(4), bytes.readBigUInt64LE(8), bytes.readBigUInt64LE(16)], [3, 2n, 1n]);
    const key = 24 + 8;
    assert.equal(bytes.toString("utf8", key, key + 3), "a.b");
    assert.deepEqual([bytes.readUInt32LE(key + 3), bytes.readUInt32LE(key + 7)], [4, 7]);
    const x = key + 11 + 8 + 1; // after its name
    assert.deepEqual([bytes.readUInt32LE(x), bytes.readBigUInt64LE(x + 4), bytes.readBigUInt64LE(x + 12)], [2, 3n, 2n]);
    const data = bytes.indexOf(Buffer.alloc(24, 1));
    assert.equal(data % 32, 0);
    assert.deepEqual(bytes.subarray(data + 32, data + 52), Buffer.alloc(20, 2));
  });

  it("rounds blocks of 32 values to 8 bits and a scale", () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? i : -i / 1000));
    const bytes = Buffer.from(toQ8(values).buffer);
    assert.equal(bytes.length, 2 * 34);
    assert.equal(bytes.readInt8(2 + 31), 127);
    assert.equal(bytes.readInt8(34 + 2 + 31), -127);
    assert.equal(bytes.readInt8(2), 0);
    assert.equal(bytes.readUInt16LE(0), 0x33d0); // 31 / 127 in half precision
  });
});
