import assert from "node:assert/strict";
import { comparisonToJson } from "#core/comparison.ts";
import { compactRecord } from "#core/record-codec.ts";
import { outputModel } from "#webview/renderer/model.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const runJson = (fields = {}) => JSON.stringify(compactRecord(syntheticRecord({ fields })));
const live = { kind: "live", question: "q", answer: "so far", done: 0, total: 0 };

describe("outputModel", () => {
  it("reads a finished run", () => {
    const model = outputModel(runJson());
    assert.deepEqual([model.kind, model.question, model.answer], ["run", "Which way does the disc move?", "right"]);
  });

  it("says that there is no answer, and why", () => {
    assert.equal(outputModel(runJson({ answer: "" })).answer, "(no answer)");
    const cancelled = outputModel(runJson({ answer: "", finish: "cancelled" }));
    assert.equal(cancelled.answer, "(cancelled before the first word)");
  });

  it("tells what a run that goes on is doing, and how much of it is done", () => {
    const model = outputModel(JSON.stringify({ ...live, stage: "vision", done: 3, total: 8 }));
    assert.deepEqual(model, { kind: "live", question: "q", answer: "so far", text: "encoding 3 of 8", share: 0.375 });
  });

  it("tells which of several runs goes on", () => {
    const model = outputModel(JSON.stringify({ ...live, part: "2 of 3: full", stage: "prefill" }));
    assert.equal(model.kind === "live" && model.text, "2 of 3: full, reading the question");
  });

  it("reads a comparison, whose answer is what came of it", () => {
    const runs = [{}, { mergeSteps: [] }].map((options) => ({ label: "l", record: syntheticRecord(options) }));
    const model = outputModel(JSON.stringify(comparisonToJson(runs)));
    assert.deepEqual([model.kind, model.question], ["comparison", "Which way does the disc move?"]);
    assert.match(model.answer, /^Run 2 used .* and gave the same answer\.$/);
    const broken = outputModel(JSON.stringify({ kind: "comparison", version: 1, runs: [{ label: "l", run: {} }] }));
    assert.equal(broken.kind, "error");
  });

  it("knows no share where a stage has none, and waits where there is no stage", () => {
    const share = (json: object) => {
      const model = outputModel(JSON.stringify({ ...live, ...json }));
      return model.kind === "live" ? [model.text, model.share] : [];
    };
    assert.deepEqual(share({}), ["waiting for the kernel", undefined]);
    assert.deepEqual(share({ stage: "prefill" }), ["reading the question", undefined]);
    assert.deepEqual(share({ stage: "vision", done: 9, total: 8 })[1], 1);
  });

  it("keeps the plain answer of what it cannot read, with what to do", () => {
    const newer = outputModel(JSON.stringify({ version: 2, answer: "right" }));
    assert.ok(newer.kind === "error" && newer.error.message.includes("version") && newer.error.hint);
    assert.equal(newer.answer, "right");
    for (const json of ["{", "null", "[]", "7", '{"answer":{}}', '{"version":1}']) {
      const model = outputModel(json);
      assert.deepEqual([model.kind, model.answer], ["error", ""], json);
    }
  });
});
