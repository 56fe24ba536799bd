import assert from "node:assert/strict";
import type { RunRecord } from "#core/record.ts";
import { outcome } from "#webview/compare/outcome.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

/** A run whose LLM took `tflops`, and its vision tower 1; 0 if the features were known. */
function run(tflops: number, fields: Partial<RunRecord> = {}): RunRecord {
  const record = syntheticRecord({ fields });
  const { cost, cachedFrames } = record;
  const seeing = cachedFrames > 0 ? 0 : 1;
  const stages = { ...cost.exact.stages, vision: seeing, projector: 0, pooling: 0 };
  return { ...record, cost: { ...cost, exact: { ...cost.exact, tflops: tflops + seeing, stages } } };
}

describe("outcome", () => {
  it("says of two runs what one saved, and whether the answer changed", () => {
    assert.equal(outcome([run(9), run(3)]), "Run 2 used 2.5 times fewer FLOPs than run 1 and gave the same answer.");
    assert.equal(
      outcome([run(3), run(9, { answer: "left" })]),
      "Run 2 used 2.5 times the FLOPs of run 1, but gave another answer.",
    );
    assert.equal(outcome([run(3), run(3)]), "Run 2 used as many FLOPs as run 1 and gave the same answer.");
  });

  it("takes answers for the same that differ in white space alone", () => {
    assert.match(
      outcome([run(3, { answer: "to  the\nright " }), run(3, { answer: "to the right" })]),
      /the same answer/,
    );
  });

  it("says of several runs who gave another answer, and which was cheapest", () => {
    assert.equal(
      outcome([run(9), run(3), run(5)]),
      "The same answer in all 3. Run 2 used the fewest FLOPs, 2.5 times fewer than run 1.",
    );
    assert.equal(
      outcome([run(1), run(9, { answer: "left" }), run(3)]),
      "Run 2 gave another answer than run 1. Run 1 used the fewest FLOPs, 5 times fewer than run 2.",
    );
    assert.match(
      outcome([run(1), run(1, { answer: "a" }), run(1), run(1, { answer: "b" })]),
      /^Runs 2 and 4 gave other answers than run 1\. All used as many FLOPs\.$/,
    );
  });

  it("does not count for a run that it found the features which another one encoded", () => {
    const second = run(9, { cachedFrames: 8 });
    assert.equal(outcome([run(9), second]), "Run 2 used as many FLOPs as run 1 and gave the same answer.");
  });

  it("says nothing of answers to different questions", () => {
    assert.equal(outcome([run(9), run(3, { question: "Why?" })]), "Run 2 used 2.5 times fewer FLOPs than run 1.");
    assert.doesNotMatch(outcome([run(9), run(3), run(3, { question: "Why?" })]), /answer/);
  });

  it("says that one run is none", () => assert.equal(outcome([run(1)]), "There is nothing to compare yet."));
});
