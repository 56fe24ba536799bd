import assert from "node:assert/strict";
import { fullTokens, initialLayer, keyFigures, layerRows, notices, settingsText } from "#webview/report/run-model.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();
const full = syntheticRecord({ mergeSteps: [], prune: "off" });
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("settingsText", () => {
  it("names what a cell would say", () => {
    const { settings } = record;
    assert.equal(plain(settingsText(settings)), "merge 25%, prune 4..7");
    assert.equal(settingsText(full.settings), "no merging, no pruning");
    const merge = { retention: 0.5, order: "spatial", weighting: "size" } as const;
    assert.equal(
      plain(settingsText({ ...settings, merge, prune: "off", temperature: 0.7, topP: 0.9, seed: 3 })),
      "merge 50%, prune off, order spatial, weighting size, temperature 0.7, top-p 0.9, seed 3",
    );
  });
});

describe("keyFigures", () => {
  it("names the convention of every ratio", () => {
    const ratio = keyFigures(record)[1];
    assert.deepEqual(ratio, {
      value: "1.81×",
      label: "fewer FLOPs in all",
      detail: "convention exact; LLM prefill alone 4.67× by convention aim",
    });
    assert.equal(keyFigures(full)[1]?.label, "the FLOPs of a full run");
  });

  it("says that newlines are among the tokens", () => {
    assert.equal(keyFigures(record)[0]?.detail, "encoded → into the LLM (with one newline) → into its last layer");
  });
});

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
});

describe("notices", () => {
  it("tell an answer that was cut and features that were known", () => {
    const cut = syntheticRecord({ fields: { notices: ["given"], finish: "length", cachedFrames: 8 } });
    assert.deepEqual(notices(cut), [
      "given",
      "The answer was cut at the greatest number of tokens.",
      "The vision tower did not run for 8 frames whose features were known already.",
    ]);
    assert.deepEqual(notices(record), []);
  });
});
