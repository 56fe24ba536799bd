import assert from "node:assert/strict";
import { comparisonFromJson } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import { liveRunFromJson } from "#core/live-run.ts";
import { recordFromJson } from "#core/record-codec.ts";
import {
  cellOutput,
  errorOfOutput,
  errorOutput,
  liveOutput,
  RUN_MIME,
  runOfOutput,
  runOutput,
} from "#notebook/output.ts";
import { markdownSummary } from "#notebook/run-markdown.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const record = syntheticRecord();

describe("runOutput", () => {
  it("holds the record beside what other readers show", () => {
    const { output_type, data, metadata } = runOutput(record);
    assert.deepEqual([output_type, metadata], ["display_data", {}]);
    assert.deepEqual(Object.keys(data), ["application/vnd.aim.run+json", "text/markdown", "text/plain"]);
    assert.deepEqual(recordFromJson(data[RUN_MIME]), record);
    assert.equal(data["text/markdown"], markdownSummary(record));
    assert.equal(data["text/plain"], markdownSummary(record));
  });

  it("is found again by runOfOutput", () => {
    assert.deepEqual(recordFromJson(runOfOutput(runOutput(record))), record);
    assert.equal(runOfOutput(errorOutput(new AimError("io", "disk full"))), undefined);
  });
});

describe("cellOutput", () => {
  const runs = [
    { label: "full | all", record },
    { label: "merge 50%", record: syntheticRecord({ mergeSteps: [24], fields: { answer: "to\nthe *right*" } }) },
  ];

  it("holds the runs of a comparison beside a table", () => {
    const { data } = cellOutput(runs);
    assert.deepEqual(comparisonFromJson(data[RUN_MIME]), runs);
    assert.equal(data["text/plain"], data["text/markdown"]);
    const lines = String(data["text/markdown"]).split("\n");
    assert.equal(lines[0], "|  | Answer | Visual tokens | LLM prefill (aim) | Time |");
    assert.match(lines[2] ?? "", /^\| full \\\| all \| right \| 392 → 105 → 0 \| .*FLOPs, [\d.]+× fewer \| \d+ ms \|$/);
    assert.match(lines[3] ?? "", /^\| merge 50% \| to the \\\*right\\\* \|/);
    assert.equal(lines.length, 4);
  });

  it("is that of the run where there is one", () => {
    assert.deepEqual(cellOutput(runs.slice(0, 1)), runOutput(record));
  });
});

describe("liveOutput", () => {
  it("holds the run so far", () => {
    const run = {
      kind: "live" as const,
      question: "What?",
      answer: "a d",
      stage: "decode",
      done: 0,
      total: 0,
    } as const;
    assert.deepEqual(liveRunFromJson(liveOutput(run).data[RUN_MIME]), run);
  });
});

describe("errorOutput", () => {
  const full = new AimError("not-found", "no file a.mp4\nno file b.mp4", { hint: "check the path" });

  it("has the code as name, and message and hint without a stack", () => {
    assert.deepEqual(errorOutput(full), {
      output_type: "error",
      ename: "not-found",
      evalue: "no file a.mp4\nno file b.mp4",
      traceback: ["no file a.mp4", "no file b.mp4", "hint: check the path"],
    });
    assert.deepEqual(errorOutput(new AimError("io", "disk full")).traceback, ["disk full"]);
  });

  it("breaks long lines between words, and reads them back whole", () => {
    const hint = "take fewer frames, ".repeat(12).trim();
    const output = errorOutput(new AimError("kernel-lost", "killed", { hint }));
    assert.ok(output.traceback.length > 2);
    assert.ok(output.traceback.every((line) => line.length <= 88));
    assert.deepEqual(errorOfOutput(output), { message: "killed", hint });
  });

  it("is read back by errorOfOutput, as are errors of others", () => {
    assert.deepEqual(errorOfOutput(errorOutput(full)), { message: full.message, hint: "check the path" });
    assert.deepEqual(errorOfOutput(errorOutput(new AimError("io", "disk full"))), { message: "disk full" });
    assert.deepEqual(errorOfOutput({ output_type: "error", ename: "E", evalue: "bad", traceback: [] }), {
      message: "bad",
    });
    assert.equal(errorOfOutput(runOutput(record)), undefined);
  });
});
