import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunRecord } from "#core/record.ts";
import {
  firstLayer,
  goneAt,
  importanceAbsence,
  importanceAt,
  importanceRange,
  patchCounts,
  readingText,
  readPatch,
  tokenColours,
} from "#webview/heatmap/model.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const base = syntheticRecord();
const [frame] = base.media[0]?.frames.map((one) => ({ ...one, rows: 1, columns: 4 })) ?? [];
assert.ok(frame);
/** Four patches in three tokens and a newline: the first two merged; the second token is dropped after layer 4, the third after layer 5. */
const record: RunRecord = {
  ...base,
  visual: {
    count: 4,
    mergedInto: Int32Array.of(0, 0, 1, 2),
    lastLayer: Int16Array.of(7, 4, 5, 7),
    importanceLayers: [4, 5],
    importance: Float32Array.of(0.5, 0.125, 0.25, 4, 0.75, Number.NaN, 0.0625, 4),
  },
};
const drawn = Uint8Array.of(1, 1, 1, 0);

describe("importanceAt", () => {
  it("is the last that was computed, and before the first of all that one", () => {
    const at = (layer: number) => importanceAt(record.visual, layer)?.computedAt;
    assert.deepEqual([0, 3, 4, 5, 7].map(at), [4, 4, 4, 5, 5]);
    assert.deepEqual(importanceAt(record.visual, 6)?.values, record.visual.importance.subarray(4));
  });

  it("is nothing where a record has none, which has a reason", () => {
    const visual = { ...record.visual, importanceLayers: [], importance: new Float32Array(0) };
    assert.equal(importanceAt(visual, 3), undefined);
    assert.equal(importanceAbsence(record), undefined);
    assert.match(importanceAbsence({ ...record, visual }) ?? "", /left out/);
    assert.match(importanceAbsence(syntheticRecord({ prune: "off" })) ?? "", /kept every visual token/);
  });

  it("spans the tokens that are drawn", () => {
    assert.deepEqual(importanceRange(record.visual, drawn), { leastPositive: 0.0625, most: 0.75 });
  });
});

describe("patchCounts", () => {
  it("counts the patches of each token; newlines have none", () => {
    assert.deepEqual([...patchCounts(record.visual)], [2, 1, 1, 0]);
  });

  it("counts every encoded token that was not dropped", () => {
    const counts = patchCounts({ ...record.visual, mergedInto: Int32Array.of(0, -1, 1, -1) });
    assert.deepEqual([...counts], [1, 1, 0, 0]);
  });
});

describe("goneAt", () => {
  it("only ever takes more tokens away, as many as the record says", () => {
    const { visual, tokens, model } = base;
    for (let layer = 0; layer < model.decoder.layers; layer++) {
      const here = goneAt(visual, layer).filter((gone) => gone === 0).length;
      assert.equal(here + tokens.text, tokens.perLayer[layer]);
    }
  });
});

describe("tokenColours", () => {
  const table = Uint32Array.of(11, 22, 33);
  const scale = { kind: "linear", low: 0, high: 1 } as const;

  it("gives each value its colour, and none to what has no value", () => {
    const colours = tokenColours(Float32Array.of(0, 0.5, 1, Number.NaN), scale, table);
    assert.deepEqual([...colours], [11, 22, 33, 0]);
  });

  it("never leaves the table", () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true }), (values) => {
        assert.ok(tokenColours(values, scale, table).every((colour) => table.includes(colour)));
      }),
    );
  });
});

describe("readPatch", () => {
  const values = Float32Array.of(0.5, 0.125, 0.25, 4);

  it("ranks among the tokens that are present", () => {
    const read = (cell: number, layer: number) => readPatch({ record, frame, cell, layer, values });
    assert.deepEqual(read(0, 4), { token: 0, patches: 2, value: 0.5, rank: 2, present: 4, droppedAfter: undefined });
    assert.deepEqual(read(2, 4), { token: 1, patches: 1, value: 0.125, rank: 4, present: 4, droppedAfter: 4 });
    assert.deepEqual(read(3, 5), { token: 2, patches: 1, value: 0.25, rank: 3, present: 3, droppedAfter: 5 });
  });

  it("has no value for what is gone", () => {
    const reading = readPatch({ record, frame, cell: 2, layer: 5, values });
    assert.equal(reading.value, undefined);
    assert.equal(
      readingText(frame, 2, reading, "importance"),
      "0.0 s, row 1, column 3: one patch; dropped after layer 4",
    );
  });

  it("says it in words", () => {
    const text = (cell: number) =>
      readingText(frame, cell, readPatch({ record, frame, cell, layer: 4, values }), "importance");
    assert.equal(
      text(1),
      "0.0 s, row 1, column 2: importance 0.5, rank 2 of 4; stands for 2 patches; kept to the last layer",
    );
    const dropped = { ...record, visual: { ...record.visual, mergedInto: Int32Array.of(-1, 0, 1, 2) } };
    const reading = readPatch({ record: dropped, frame, cell: 0, layer: 4, values });
    assert.equal(readingText(frame, 0, reading, "importance"), "0.0 s, row 1, column 1: dropped before the LLM");
  });
});

describe("firstLayer", () => {
  it("is where tokens were first ranked, else the middle", () => {
    assert.equal(firstLayer(record), 4);
    assert.equal(firstLayer(syntheticRecord({ prune: "off", layers: 12 })), 6);
  });
});
