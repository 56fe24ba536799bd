import assert from "node:assert/strict";
import type { StageTimes } from "#core/record.ts";
import { flopsSegments, timeSegments } from "#webview/ui/stages.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const sum = (segments: readonly { readonly value: number }[]) =>
  segments.reduce((total, { value }) => total + value, 0);

describe("flopsSegments", () => {
  const { cost } = syntheticRecord();

  it("adds up to the run, in the order of the stages", () => {
    const segments = flopsSegments(cost);
    assert.ok(Math.abs(sum(segments) - cost.exact.tflops) < 1e-12);
    assert.deepEqual(
      segments.map(({ label }) => label),
      ["vision tower", "projector", "pooling", "merging", "LLM prefill", "ranking", "LM head", "decoding"],
    );
  });

  it("leaves out stages that cost nothing, such as a tower whose features were known", () => {
    const stages = { ...cost.exact.stages, vision: 0 };
    const labels = flopsSegments({ ...cost, exact: { ...cost.exact, stages } }).map(({ label }) => label);
    assert.ok(!labels.includes("vision tower"));
  });

  it("gives each stage its own unit and its share", () => {
    const [vision, , pooling] = flopsSegments(cost);
    assert.deepEqual([vision?.text, vision?.share], ["1.2 GFLOPs", "73%"]);
    assert.deepEqual([pooling?.text, pooling?.share], ["401 kFLOPs", "<0.1%"]);
  });
});

describe("timeSegments", () => {
  const times: StageTimes = {
    load: 0,
    media: 20,
    vision: 30,
    merge: 0,
    prefill: 40,
    firstToken: 95,
    decode: 5,
    total: 100,
  };

  it("adds up to the whole time, with what no stage accounts for", () => {
    const segments = timeSegments(times);
    assert.equal(sum(segments), 100);
    assert.deepEqual(
      segments.map(({ label, text }) => `${label} ${text}`),
      ["reading media 20 ms", "vision tower 30 ms", "LLM prefill 40 ms", "other 5 ms", "decoding 5 ms"],
    );
  });

  it("takes no time back where stages overlap", () => {
    assert.ok(timeSegments({ ...times, total: 80 }).every(({ label }) => label !== "other"));
  });
});
