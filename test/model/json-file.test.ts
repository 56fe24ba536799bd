import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { isRecord, readJsonFile } from "#model/json-file.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("readJsonFile", () => {
  const inFolder = temporaryFolder();

  it("gives what the file holds", () => {
    writeFileSync(inFolder("config.json"), '{"hidden_size": 64, "name": "ä"}');
    assert.deepEqual(readJsonFile(inFolder(), "config.json"), { hidden_size: 64, name: "ä" });
  });

  it("names a missing file or folder", () => {
    const missing = { code: "not-found", hint: /check the path/ } as const;
    assertAimError(() => readJsonFile(inFolder(), "config.json"), {
      ...missing,
      message: /config\.json: no such file/,
    });
    assertAimError(() => readJsonFile(inFolder("none"), "config.json"), { ...missing, message: /none: no such file/ });
  });

  it("refuses what is not UTF-8 JSON", () => {
    for (const content of ["", "{", "{'a':1}", Buffer.from([0x22, 0xff, 0x22])]) {
      writeFileSync(inFolder("config.json"), content);
      assertAimError(() => readJsonFile(inFolder(), "config.json"), {
        code: "invalid-model",
        message: /config\.json is not (UTF-8|JSON): /,
        hint: /download the file again/,
      });
    }
  });

  it("refuses a file above the limit", () => {
    writeFileSync(inFolder("config.json"), '"12345678"');
    assert.equal(readJsonFile(inFolder(), "config.json", { maxBytes: 10 }), "12345678");
    assertAimError(() => readJsonFile(inFolder(), "config.json", { maxBytes: 9 }), {
      code: "invalid-model",
      message: /config\.json: has 10 bytes, at most 9 are read/,
      hint: /cannot be the right file/,
    });
  });

  it("refuses a folder in place of the file", () => {
    mkdirSync(inFolder("config.json"));
    assertAimError(() => readJsonFile(inFolder(), "config.json"), {
      code: "invalid-model",
      message: /config\.json: not a regular file/,
      hint: /put a file/,
    });
  });

  it("refuses names that do not stay inside the folder", () => {
    mkdirSync(inFolder("model"));
    writeFileSync(inFolder("outside.json"), "1");
    for (const name of [
      "../outside.json",
      inFolder("outside.json"),
      "a/../../outside.json",
      "",
      ".",
      "..\\outside.json",
      "C:a",
      "a\0",
    ]) {
      assertAimError(() => readJsonFile(inFolder("model"), name), {
        code: "invalid-model",
        message: /does not stay inside the folder/,
        hint: /a source that you trust/,
      });
    }
  });

  it("follows links that stay inside, and refuses those that leave", () => {
    mkdirSync(inFolder("model"));
    mkdirSync(inFolder("model-of-others"));
    writeFileSync(inFolder("model", "a.json"), "1");
    writeFileSync(inFolder("model-of-others", "b.json"), "2");
    symlinkSync("a.json", inFolder("model", "inside.json"));
    symlinkSync(inFolder("model-of-others", "b.json"), inFolder("model", "outside.json"));
    assert.equal(readJsonFile(inFolder("model"), "inside.json"), 1);
    assertAimError(() => readJsonFile(inFolder("model"), "outside.json"), {
      code: "invalid-model",
      message: /outside\.json: links to .*b\.json, outside the model folder/,
      hint: /copy the file into the model folder/,
    });
  });

  it("accepts a model folder that is a link itself", () => {
    mkdirSync(inFolder("model"));
    writeFileSync(inFolder("model", "a.json"), "1");
    symlinkSync(inFolder("model"), inFolder("link"));
    assert.equal(readJsonFile(inFolder("link"), "a.json"), 1);
  });

  it("follows the links of a hub cache to the blobs of the same repository only", () => {
    for (const repository of ["models--a--b", "models--c--d"]) {
      mkdirSync(inFolder(repository, "blobs"), { recursive: true });
      mkdirSync(inFolder(repository, "snapshots", "0f3e"), { recursive: true });
      writeFileSync(inFolder(repository, "blobs", "77aa"), JSON.stringify(repository));
    }
    const snapshot = inFolder("models--a--b", "snapshots", "0f3e");
    symlinkSync("../../blobs/77aa", `${snapshot}/own.json`);
    symlinkSync("../../../models--c--d/blobs/77aa", `${snapshot}/foreign.json`);
    symlinkSync("../../blobs/gone", `${snapshot}/dangling.json`);
    assert.equal(readJsonFile(snapshot, "own.json"), "models--a--b");
    assertAimError(() => readJsonFile(snapshot, "foreign.json"), {
      code: "invalid-model",
      message: /links to .*models--c--d/,
      hint: /copy the file/,
    });
    assertAimError(() => readJsonFile(snapshot, "dangling.json"), {
      code: "not-found",
      message: /dangling\.json/,
      hint: /check the path/,
    });
  });
});

describe("isRecord", () => {
  it("is true for objects alone", () => {
    assert.deepEqual([{}, { a: 1 }, [], null, 1, "a", undefined].map(isRecord), [
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
