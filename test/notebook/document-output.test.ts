import assert from "node:assert/strict";
import { AimError } from "#core/errors.ts";
import { outputData, outputOf } from "#notebook/document-output.ts";
import type { Output } from "#notebook/nbformat.ts";
import { errorOutput } from "#notebook/output.ts";

const texts = (output: Output) =>
  Object.fromEntries(outputData(output).items.map(({ mime, data }) => [mime, new TextDecoder().decode(data)]));
const item = (mime: string, text: string) => ({ mime, data: new TextEncoder().encode(text) });
const display = (data: object) => ({ output_type: "display_data", metadata: {}, data });

describe("outputData", () => {
  it("gives text as UTF-8, JSON as its text and pictures as their bytes", () => {
    const data = {
      "text/plain": "é",
      "application/x+json": { a: [1] },
      "image/png": "aGk=",
      "image/svg+xml": "<svg/>",
    };
    assert.deepEqual(texts(display(data)), {
      "text/plain": "é",
      "application/x+json": '{"a":[1]}',
      "image/png": "hi",
      "image/svg+xml": "<svg/>",
    });
    assert.deepEqual(outputData(display(data)).metadata, { output_type: "display_data", metadata: {} });
  });

  it("gives streams and errors the types under which the editor shows them", () => {
    const stream = (name: string) => texts({ output_type: "stream", name, text: "a" });
    assert.deepEqual(stream("stdout"), { "application/vnd.code.notebook.stdout": "a" });
    assert.deepEqual(stream("stderr"), { "application/vnd.code.notebook.stderr": "a" });
    const error = texts(errorOutput(new AimError("not-found", "no a.mp4", { hint: "check the path" })));
    assert.deepEqual(JSON.parse(error["application/vnd.code.notebook.error"] ?? ""), {
      name: "not-found",
      message: "no a.mp4",
      stack: "no a.mp4\nhint: check the path",
    });
  });

  it("shows something of an output that is not known", () => {
    assert.deepEqual(texts({ output_type: "from the future", a: 1 }), {
      "application/json": '{"output_type":"from the future","a":1}',
    });
  });

  it("keeps aside what an item cannot hold", () => {
    const data = { "image/png": "aGk=\n", "IMAGE/png": "aGk=", plain: "x" };
    const { items, metadata } = outputData(display(data));
    assert.deepEqual(
      items.map(({ mime }) => mime),
      ["image/png"],
    );
    assert.deepEqual(metadata.data, data);
    assert.deepEqual(outputOf({ items, metadata }), display(data));
  });
});

describe("outputOf", () => {
  it("takes a new picture instead of what was kept aside of the old one", () => {
    const { metadata } = outputData(display({ "image/png": "aGk=\n" }));
    const items = [item("image/png", "ho")];
    assert.deepEqual(outputOf({ items, metadata }), display({ "image/png": "aG8=" }));
    assert.deepEqual(outputOf({ items: [], metadata }), display({}));
  });

  it("reads outputs that were made in the editor", () => {
    assert.deepEqual(outputOf({ items: [item("text/plain", "a")] }), display({ "text/plain": "a" }));
    assert.deepEqual(outputOf({ items: [] }), display({}));
    const [out, err] = ["application/vnd.code.notebook.stdout", "application/vnd.code.notebook.stderr"];
    assert.deepEqual(outputOf({ items: [item(out, "a\n"), item(out, "b")] }), {
      output_type: "stream",
      name: "stdout",
      text: "a\nb",
    });
    assert.deepEqual(outputOf({ items: [item(err, "a")] }), { output_type: "stream", name: "stderr", text: "a" });
    const error = { name: "Error", message: "bad", stack: "a\nb" };
    assert.deepEqual(outputOf({ items: [item("application/vnd.code.notebook.error", JSON.stringify(error))] }), {
      output_type: "error",
      ename: "Error",
      evalue: "bad",
      traceback: ["a", "b"],
    });
    assert.deepEqual(outputOf({ items: [item("application/vnd.code.notebook.error", "?")] })?.output_type, "error");
  });

  it("keeps the text of an item that is not the JSON that its type says", () => {
    assert.deepEqual(outputOf({ items: [item("application/json", "{")] }), display({ "application/json": "{" }));
  });
});
