import assert from "node:assert/strict";
import { comparisonToJson } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import { recordToJson } from "#core/record-codec.ts";
import { reportFromJson } from "#core/report-document.ts";
import { type Cell, createNotebook } from "#notebook/nbformat.ts";
import { cellOutput, errorOutput, runOutput } from "#notebook/output.ts";
import { reportOf } from "#notebook/report.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

const code = (source: string, ...outputs: object[]) =>
  ({ cell_type: "code", id: "c", metadata: {}, execution_count: null, source, outputs }) as Cell;

describe("reportOf", () => {
  it("has the prose, the runs and the failures of a notebook, as a run of all cells would", () => {
    const record = syntheticRecord();
    const compared = [
      { label: "own settings", record },
      { label: "full", record: syntheticRecord({ mergeSteps: [], prune: "off" }) },
    ];
    const cells: Cell[] = [
      { cell_type: "markdown", id: "m", metadata: {}, source: "# A" },
      { cell_type: "raw", id: "r", metadata: {}, source: "raw" },
      code("%seed 1"),
      code("Never run"),
      code("What?", runOutput(record)),
      code("%device cpu\nWhy?", errorOutput(new AimError("io", "disk full", { hint: "make room" }))),
      code("%compare full\nWhat?", cellOutput(compared)),
      code("foreign", { output_type: "display_data", metadata: {}, data: { "text/plain": "a" } }),
    ];
    const report = reportOf(createNotebook(cells), "tour.aimnb");
    assert.deepEqual(report, {
      title: "tour.aimnb",
      entries: [
        { markdown: "# A" },
        { run: recordToJson(record) },
        { heading: "Why?", error: { message: "disk full", hint: "make room" } },
        { comparison: comparisonToJson(compared) },
      ],
    });
    assert.deepEqual(reportFromJson(JSON.parse(JSON.stringify(report))), JSON.parse(JSON.stringify(report)));
  });
});
