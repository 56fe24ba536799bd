import assert from "node:assert/strict";
import { headsText, parseHeads, reduceHeads } from "#webview/heatmap/heads.ts";

describe("reduceHeads", () => {
  it("takes mean and largest over the heads, and leaves absent tokens out", () => {
    const rows = Float32Array.of(0.25, Number.NaN, 0.5, 0.75, Number.NaN, 0.25); // [2 heads, 3 tokens]
    const { mean, max } = reduceHeads(rows, 2);
    assert.deepEqual([...mean], [0.5, Number.NaN, 0.375]);
    assert.deepEqual([...max], [0.75, Number.NaN, 0.5]);
  });

  it("is the row itself for one head", () => {
    const row = Float32Array.of(0.5, 0, Number.NaN);
    const { mean, max } = reduceHeads(row, 1);
    assert.deepEqual([mean, max], [row, row]);
  });
});

describe("parseHeads", () => {
  it("knows reductions and the heads that there are", () => {
    assert.deepEqual(
      ["mean", "max", "0", "27", "28", "-1", "x"].map((word) => parseHeads(word, 28)),
      ["mean", "max", 0, 27, undefined, undefined, undefined],
    );
  });

  it("has words for them", () => {
    assert.equal(headsText("mean", 28), "mean of 28 heads");
    assert.equal(headsText(3, 28), "head 3");
  });
});
