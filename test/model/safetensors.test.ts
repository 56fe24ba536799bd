import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { readSafetensorsHeader } from "#model/safetensors.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A file from its parts, none of which need fit the others. */
function fileOf(header: unknown, dataBytes: number, claimedBytes?: number): Buffer {
  const bytes = Buffer.isBuffer(header)
    ? header
    : Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(claimedBytes ?? bytes.length));
  return Buffer.concat([length, bytes, Buffer.alloc(dataBytes)]);
}

const tensor = (dtype: unknown, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const one = (value: unknown) => ({ "layer.weight": value });

describe("readSafetensorsHeader", () => {
  const inFolder = temporaryFolder();
  const write = (bytes: Buffer) => {
    const path = inFolder("model.safetensors");
    writeFileSync(path, bytes);
    return path;
  };

  it("says where each tensor lies", () => {
    const header = {
      __metadata__: { format: "pt" },
      b: tensor("BF16", [2, 3], 4, 16),
      a: tensor("F32", [], 0, 4),
      none: tensor("I64", [0, 7], 16, 16),
      "none at the start": tensor("U8", [0], 0, 0),
    };
    const path = write(fileOf(header, 16));
    const dataOffset = 8 + JSON.stringify(header).length;
    assert.deepEqual(
      [...readSafetensorsHeader(path)],
      [
        ["b", { dtype: "BF16", shape: [2, 3], offset: dataOffset + 4, sizeBytes: 12, path }],
        ["a", { dtype: "F32", shape: [], offset: dataOffset, sizeBytes: 4, path }],
        ["none", { dtype: "I64", shape: [0, 7], offset: dataOffset + 16, sizeBytes: 0, path }],
        ["none at the start", { dtype: "U8", shape: [0], offset: dataOffset, sizeBytes: 0, path }],
      ],
    );
  });

  it("accepts a file without tensors, a padded header and a tensor named like an object's own", () => {
    assert.equal(readSafetensorsHeader(write(fileOf({}, 0))).size, 0);
    assert.equal(readSafetensorsHeader(write(fileOf('{"__metadata__":{}}     ', 0))).size, 0);
    const named = readSafetensorsHeader(
      write(fileOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1)),
    );
    assert.deepEqual([...named.keys()], ["__proto__"]);
  });

  const DAMAGED = /download the file again/;
  const SOURCE = /download the file again, or write it anew/;
  const cases: [what: string, bytes: () => Buffer, message: RegExp, hint: RegExp][] = [
    ["an empty file", () => Buffer.alloc(0), /has 0 bytes, too few/, DAMAGED],
    ["7 bytes", () => Buffer.alloc(7), /has 7 bytes, too few/, DAMAGED],
    ["a header of 200 MB", () => fileOf("{}", 0, 200e6), /claims 200000000 bytes, at most 100000000/, SOURCE],
    ["a header of 2^64 - 1 bytes", () => Buffer.alloc(8, 255), /claims 18446744073709551615 bytes/, SOURCE],
    ["a header longer than the file", () => fileOf("{}", 0, 3), /claims 3 bytes, but the file has only 10/, DAMAGED],
    ["an empty header", () => fileOf("", 0), /not UTF-8 JSON/, SOURCE],
    ["a header that is not JSON", () => fileOf("{,}", 0), /not UTF-8 JSON/, SOURCE],
    ["an unfinished string", () => fileOf('{"a\\', 0), /not UTF-8 JSON/, SOURCE],
    ["a header that is not UTF-8", () => fileOf(Buffer.from('{"\xff":1}', "latin1"), 0), /not UTF-8 JSON/, SOURCE],
    ["a byte order mark", () => fileOf("\ufeff{}", 0), /not UTF-8 JSON/, SOURCE],
    ["a list", () => fileOf([], 0), /must be a JSON object, got \[\]/, SOURCE],
    ["null", () => fileOf("null", 0), /must be a JSON object, got null/, SOURCE],
    ["deep nesting", () => fileOf("[".repeat(1e6), 0), /nests deeper than 3 levels/, SOURCE],
    [
      "millions of lists",
      () => fileOf(`{"a":[${"[],".repeat(6e6)}[]]}`, 0),
      /more than 5000000 keys and lists/,
      SOURCE,
    ],
    ["a tensor named twice", () => fileOf('{"a":{},"a":{}}', 0), /has the key "a" twice/, SOURCE],
    [
      "a shape given twice",
      () => fileOf('{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}', 1),
      /has the key "shape" twice/,
      SOURCE,
    ],
    [
      "a tensor that is a number",
      () => fileOf(one(3), 0),
      /tensor "layer.weight": expected an object .* got 3/,
      SOURCE,
    ],
    ["a tensor without facts", () => fileOf(one({}), 0), /"layer.weight": unknown dtype undefined/, SOURCE],
    ["an unknown dtype", () => fileOf(one(tensor("Q7", [1], 0, 1)), 1), /"layer.weight": unknown dtype "Q7"/, SOURCE],
    ["an inherited dtype", () => fileOf(one(tensor("toString", [1], 0, 1)), 1), /unknown dtype "toString"/, SOURCE],
    ["a negative size", () => fileOf(one(tensor("U8", [-1, -1], 0, 1)), 1), /whole numbers, got \[-1,-1\]/, SOURCE],
    ["a fractional size", () => fileOf(one(tensor("U8", [1.5], 0, 1)), 1), /whole numbers, got \[1.5\]/, SOURCE],
    [
      "a size of NaN",
      () => fileOf('{"a":{"dtype":"U8","shape":[NaN],"data_offsets":[0,1]}}', 1),
      /not UTF-8 JSON/,
      SOURCE,
    ],
    [
      "a size of 1e400",
      () => fileOf('{"a":{"dtype":"U8","shape":[1e400],"data_offsets":[0,1]}}', 1),
      /"a": shape/,
      SOURCE,
    ],
    ["a size above 2^53", () => fileOf(one(tensor("U8", [2 ** 53], 0, 1)), 1), /got \[9007199254740992\]/, SOURCE],
    ["a text as shape", () => fileOf(one(tensor("U8", "11", 0, 1)), 1), /whole numbers, got "11"/, SOURCE],
    [
      "a product above 2^53",
      () => fileOf(one(tensor("U8", [2 ** 30, 2 ** 30], 0, 1)), 1),
      /\[1073741824,1073741824\] is too large/,
      SOURCE,
    ],
    ["an endless product", () => fileOf(one(tensor("U8", Array(99).fill(2 ** 50), 0, 1)), 1), /is too large/, SOURCE],
    [
      "one offset",
      () => fileOf(one({ dtype: "U8", shape: [1], data_offsets: [0] }), 1),
      /two whole numbers, got \[0\]/,
      SOURCE,
    ],
    [
      "three offsets",
      () => fileOf(one({ dtype: "U8", shape: [1], data_offsets: [0, 1, 1] }), 1),
      /two whole numbers/,
      SOURCE,
    ],
    ["a negative offset", () => fileOf(one(tensor("U8", [1], -1, 0)), 1), /two whole numbers, got \[-1,0\]/, SOURCE],
    ["offsets in reverse", () => fileOf(one(tensor("U8", [1], 1, 0)), 1), /takes 1 bytes, but .* span -1/, SOURCE],
    [
      "a span too short",
      () => fileOf(one(tensor("F32", [2, 3], 0, 23)), 23),
      /\[2,3\] of F32 takes 24 bytes, but .*\[0,23\] span 23/,
      SOURCE,
    ],
    [
      "a span too long",
      () => fileOf(one(tensor("BF16", [3], 0, 8)), 8),
      /\[3\] of BF16 takes 6 bytes, but .* span 8/,
      SOURCE,
    ],
    [
      "an end behind the file",
      () => fileOf(one(tensor("U8", [9], 0, 9)), 8),
      /"layer.weight" at byte \d+ ends at byte 8\d, but/,
      DAMAGED,
    ],
    [
      "a start behind the file",
      () => fileOf(one(tensor("U8", [1], 2 ** 52, 2 ** 52 + 1)), 1),
      /but the file has only/,
      DAMAGED,
    ],
    [
      "an overlap",
      () => fileOf({ a: tensor("U8", [2], 0, 2), b: tensor("U8", [2], 1, 3) }, 3),
      /"b" at byte \d+ overlaps/,
      SOURCE,
    ],
    [
      "one span used twice",
      () => fileOf({ a: tensor("U8", [2], 0, 2), b: tensor("U8", [2], 0, 2) }, 2),
      /"b" .* overlaps/,
      SOURCE,
    ],
    [
      "a gap",
      () => fileOf({ a: tensor("U8", [2], 0, 2), b: tensor("U8", [2], 3, 5) }, 5),
      /"b" .* leaves 1 bytes before it/,
      SOURCE,
    ],
    ["a gap at the start", () => fileOf(one(tensor("U8", [1], 1, 2)), 2), /leaves 1 bytes before it unused/, SOURCE],
    [
      "bytes at the end",
      () => fileOf(one(tensor("U8", [1], 0, 1)), 3),
      /end at byte (\d+), but the file has \d+/,
      DAMAGED,
    ],
  ];
  for (const [what, bytes, message, hint] of cases) {
    it(`refuses ${what}`, () => {
      const path = write(bytes());
      assertAimError(() => readSafetensorsHeader(path), { code: "invalid-model", message, hint });
      assertAimError(() => readSafetensorsHeader(path), {
        code: "invalid-model",
        message: /model\.safetensors: /,
        hint,
      });
    });
  }

  it("calls 8-bit floats unsupported instead of unknown", () => {
    for (const dtype of ["F8_E4M3", "F8_E5M2", "F4", "F6_E3M2"]) {
      const path = write(fileOf(one(tensor(dtype, [1], 0, 1)), 1));
      assertAimError(() => readSafetensorsHeader(path), {
        code: "unsupported",
        message: new RegExp(`"layer.weight" has dtype "${dtype}"`),
        hint: /BF16, F16 or F32/,
      });
    }
  });

  it("keeps a message short however long the value is", () => {
    const path = write(fileOf({ ["x".repeat(1e6)]: 1 }, 0));
    assert.throws(
      () => readSafetensorsHeader(path),
      ({ message }: Error) => message.length < 1000,
    );
  });

  it("refuses what is no file, without waiting for a pipe", () => {
    assertAimError(() => readSafetensorsHeader(inFolder("none")), { code: "not-found", message: /none/, hint: /path/ });
    mkdirSync(inFolder("folder"));
    const notAFile = { code: "invalid-model", message: /not a regular file/, hint: /put a file/ } as const;
    assertAimError(() => readSafetensorsHeader(inFolder("folder")), notAFile);
    if (process.platform === "win32") return;
    execFileSync("sh", ["-c", 'mkfifo "$0"', inFolder("pipe")]);
    assertAimError(() => readSafetensorsHeader(inFolder("pipe")), notAFile);
  });

  const sound = fileOf(
    { __metadata__: { format: "pt" }, "a.weight": tensor("F16", [2, 3], 0, 12), "a.bias": tensor("F32", [2], 12, 20) },
    20,
  );

  it("throws nothing but AimErrors for a file with bytes changed", () => {
    const edits = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, (changes) => {
        const bytes = Buffer.from(sound);
        for (const [index, value] of changes) bytes[index] = value;
        const path = write(bytes);
        try {
          for (const { offset, sizeBytes } of readSafetensorsHeader(path).values()) {
            assert.ok(offset >= 8 && offset + sizeBytes <= bytes.length);
          }
        } catch (error) {
          if (!(error instanceof AimError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("refuses the file cut off at any byte", () => {
    const path = write(sound);
    assert.equal(readSafetensorsHeader(path).size, 2);
    for (let length = sound.length - 1; length >= 0; length--) {
      truncateSync(path, length);
      assert.throws(() => readSafetensorsHeader(path), { name: "AimError", code: "invalid-model" });
    }
  });
});
