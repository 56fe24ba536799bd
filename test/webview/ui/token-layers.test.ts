import assert from "node:assert/strict";
import { fullTokens, initialLayer, layerRows, layerStatus } from "#webview/ui/token-layers.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();
const full = syntheticRecord({ mergeSteps: [], prune: "off" });

describe("layers", () => {
  it("hold text and visual tokens that add up to the sequence", () => {
    const rows = layerRows(record);
    const sums = record.tokens.perLayer.map((_, layer) =>
      rows.filter((row) => row.layer === layer).reduce((sum, row) => sum + row.tokens, 0),
    );
    assert.deepEqual(sums, record.tokens.perLayer);
  });

  it("are compared with the sequence of a full run", () => {
    assert.equal(fullTokens(record), full.tokens.perLayer[0]);
  });

  it("count no dropped token as a newline", () => {
    const mergedInto = record.visual.mergedInto.map((token) => (token % 2 === 0 ? token : -1));
    const dropped = new Set(record.visual.mergedInto.filter((token) => token % 2 === 1)).size;
    const visual = { ...record.visual, mergedInto };
    // Every second token now stands for nothing but itself, as a newline does; -1 is none of them.
    assert.equal(fullTokens({ ...record, visual }), fullTokens(record) + dropped);
  });

  it("are first shown where the most important tokens are left", () => {
    assert.equal(initialLayer(record), 6);
    assert.equal(initialLayer(syntheticRecord({ prune: "off" })), 0);
    // Beyond the model's depth some tokens reach the last layer: that is where it begins.
    assert.equal(initialLayer(syntheticRecord({ prune: { kind: "linear", firstLayer: 5, lastLayer: 12 } })), 7);
  });

  it("have a line that says what enters them", () => {
    assert.equal(layerStatus(record.visual, 0), "Layer 0: 105 of 105 visual tokens enter");
    assert.equal(layerStatus(record.visual, 7), "Layer 7: 0 of 105 visual tokens enter");
  });
});
