import assert from "node:assert/strict";
import type { RunRecord } from "#core/record.ts";
import { bars } from "#webview/renderer/bars.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const named = (record: RunRecord, name: string) => {
  const bar = bars(record).find((candidate) => candidate.name === name);
  assert.ok(bar);
  return bar;
};
const pieces = (record: RunRecord, name: string) =>
  named(record, name).segments.map(({ label, text }) => `${label} ${text}`);

describe("bars", () => {
  it("add up to their whole", () => {
    for (const record of [syntheticRecord(), syntheticRecord({ mergeSteps: [], prune: "off" })]) {
      for (const { name, whole, segments } of bars(record)) {
        const sum = segments.reduce((total, { value }) => total + value, 0);
        assert.ok(Math.abs(sum - whole) <= 0.01 * whole, `${name}: ${sum} of ${whole}`);
      }
    }
  });

  it("tell merged, pruned and kept tokens apart", () => {
    assert.deepEqual(pieces(syntheticRecord(), "Tokens"), [
      "pruned inside the LLM 105",
      "merged with similar ones 288",
    ]);
    assert.equal(named(syntheticRecord(), "Tokens").text, "105 of 393");
    const kept = syntheticRecord({ prune: "off" });
    assert.deepEqual(pieces(kept, "Tokens"), ["kept to the last layer 105", "merged with similar ones 288"]);
  });

  it("name tokens that were dropped before the LLM", () => {
    const record = syntheticRecord({ mergeSteps: [], prune: "off" });
    const mergedInto = record.visual.mergedInto.map((token) => (token < 92 ? -1 : token - 92));
    const visual = { ...record.visual, count: 301, mergedInto, lastLayer: record.visual.lastLayer.slice(92) };
    assert.deepEqual(pieces({ ...record, visual }, "Tokens"), [
      "kept to the last layer 301",
      "dropped before the LLM 92",
    ]);
  });

  it("measure FLOPs against full inference, in one unit, and time against nothing", () => {
    const record = syntheticRecord();
    assert.equal(named(record, "FLOPs").text, "1.64 of 3.26 GFLOPs");
    assert.equal(named(record, "FLOPs").segments.at(-1)?.label, "saved");
    assert.equal(named(record, "Time").text, "199 ms");
    assert.equal(named(record, "Time").whole, record.timeMs.total);
  });

  it("have nothing saved where a run costs more than a full one", () => {
    const { cost, ...record } = syntheticRecord();
    const exact = { ...cost.exact, fullTflops: cost.exact.tflops / 2 };
    const bar = named({ ...record, cost: { ...cost, exact } }, "FLOPs");
    assert.equal(bar.whole, cost.exact.tflops);
    assert.ok(bar.segments.every(({ label }) => label !== "saved"));
  });

  it("leave out tokens where there are no pictures", () => {
    const record = syntheticRecord();
    const names = bars({ ...record, tokens: { ...record.tokens, encoded: 0 } }).map(({ name }) => name);
    assert.deepEqual(names, ["FLOPs", "Time"]);
  });
});
