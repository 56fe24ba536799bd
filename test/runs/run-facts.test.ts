import assert from "node:assert/strict";
import { summaryOf } from "#runs/run-entry.ts";
import { runFacts, runFileStem } from "#runs/run-facts.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

describe("runFacts", () => {
  it("says what was cut, what that saved and how long it took", () => {
    const record = syntheticRecord();
    const lines = runFacts({ ...summaryOf({ record, isPinned: false, notebook: "a.aimnb" }), sizeBytes: 1 });
    const last = record.visual.lastLayer.filter((layer) => layer === record.model.decoder.layers - 1).length;
    assert.ok(lines.includes(`392 → ${record.visual.count} → ${last} visual tokens`), lines.join("\n"));
    assert.ok(lines.includes("aim: merge\u00a025%, prune\u00a04..7"));
    assert.ok(lines.some((line) => /^LLM prefill .*FLOPs \(aim\), [\d.]+× fewer than with all tokens$/.test(line)));
    assert.ok(lines.some((line) => /^first token after .+, .+ in all$/.test(line)));
    assert.deepEqual(lines.slice(-2), ["demo, cpu f32", "a.aimnb"]);
  });

  it("says nothing of what is not there", () => {
    const record = syntheticRecord({ fields: { media: [] } });
    const lines = runFacts({ ...summaryOf({ record, isPinned: false }), prefillRatio: 1, sizeBytes: 1 });
    assert.ok(lines[0]?.startsWith("aim: "));
    assert.ok(!lines.join().includes("fewer"));
  });
});

describe("runFileStem", () => {
  it("is made of the name, or else the question", () => {
    assert.equal(runFileStem({ question: "Which way does it move?" }), "which-way-does-it-move");
    assert.equal(runFileStem({ question: "q", name: "Küche 2" }), "küche-2");
  });

  it("is one that every file system takes", () => {
    for (const question of [
      "../../etc/passwd",
      "a:b|c\\d",
      "???",
      "",
      ` ${"long ".repeat(50)}`,
      `${"x".repeat(59)} y`,
    ]) {
      assert.match(runFileStem({ question }), /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,58}[\p{L}\p{N}])?$/u);
    }
  });
});
