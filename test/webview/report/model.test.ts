import assert from "node:assert/strict";
import { comparisonToJson } from "#core/comparison.ts";
import type { RunRecord } from "#core/record.ts";
import { recordToJson } from "#core/record-codec.ts";
import { entryModels, runsOf, subtitle, summaryRows } from "#webview/report/model.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const numbered = (...records: readonly RunRecord[]) =>
  records.map((record, index) => ({ number: index + 1, anchor: `run-${index + 1}`, record }));

describe("entryModels", () => {
  it("numbers the runs that can be read, and says what is wrong with the others", () => {
    const run = recordToJson(syntheticRecord());
    const entries = entryModels({
      title: "t",
      entries: [{ markdown: "m" }, { run }, { run: {} }, { heading: "h", run }],
    });
    assert.deepEqual(
      entries.map((entry) => entry.run?.anchor),
      [undefined, "run-1", undefined, "run-2"],
    );
    assert.deepEqual(
      entries.map((entry) => entry.error === undefined),
      [true, true, false, true],
    );
    assert.equal(entries[3]?.heading, "h");
  });

  it("numbers the runs of a comparison among the others", () => {
    const run = recordToJson(syntheticRecord());
    const compared = ["full", "vtw"].map((label) => ({ label, record: syntheticRecord() }));
    const entries = entryModels({
      title: "t",
      entries: [{ run }, { comparison: comparisonToJson(compared) }, { run }],
    });
    assert.deepEqual(
      entries[1]?.comparison?.map(({ number, label }) => [number, label]),
      [
        [2, "full"],
        [3, "vtw"],
      ],
    );
    assert.deepEqual(
      runsOf(entries).map(({ anchor }) => anchor),
      ["run-1", "run-2", "run-3", "run-4"],
    );
  });
});

describe("summaryRows", () => {
  it("says each run in one line", () => {
    const [aim, full] = summaryRows(numbered(syntheticRecord(), syntheticRecord({ mergeSteps: [], prune: "off" })));
    assert.deepEqual(aim, {
      number: 1,
      anchor: "run-1",
      question: "Which way does the disc move?",
      answer: "right",
      settings: "merge\u00a025%, prune\u00a04..7",
      tokens: "392 → 105 → 0",
      flops: "1.64 GFLOPs",
      ratio: "1.99×",
      firstToken: "189 ms",
    });
    assert.deepEqual([full?.settings, full?.tokens, full?.ratio], ["full", "392 → 393 → 393", "1×"]);
  });
});

describe("subtitle", () => {
  it("says once what all runs share, and all in which they differ", () => {
    const cpu = syntheticRecord();
    assert.equal(subtitle(numbered(cpu, cpu)), "2 runs, demo on CPU (f32), 2 January 2026");
    const cuda = syntheticRecord({ fields: { device: "cuda", precision: "q8" } });
    assert.equal(subtitle(numbered(cpu, cuda)), "2 runs, demo on CPU (f32), demo on CUDA (q8), 2 January 2026");
    assert.equal(subtitle(numbered(cpu)), "one run, demo on CPU (f32), 2 January 2026");
    assert.equal(subtitle([]), "no runs");
  });
});
