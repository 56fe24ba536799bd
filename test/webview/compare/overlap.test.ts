import assert from "node:assert/strict";
import fc from "fast-check";
import { jaccard, keptByLayer, lastLayers, tellingLayer, whyNoOverlap } from "#webview/compare/overlap.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const LAYERS = 6;
const last = fc.array(fc.tuple(fc.integer({ min: -1, max: LAYERS - 1 }), fc.integer({ min: -1, max: LAYERS - 1 })));
const lists = last.map((pairs) => [Int16Array.from(pairs, ([a]) => a), Int16Array.from(pairs, ([, b]) => b)] as const);

describe("keptByLayer", () => {
  it("counts as one would by hand", () => {
    fc.assert(
      fc.property(lists, ([a, b]) => {
        const rows = keptByLayer(a, b, LAYERS);
        assert.equal(rows.length, LAYERS);
        for (const [layer, row] of rows.entries()) {
          const count = (isIn: (lastA: number, lastB: number) => boolean) =>
            a.filter((lastA, patch) => isIn(lastA, b[patch] ?? -1)).length;
          assert.deepEqual(row, {
            both: count((x, y) => x >= layer && y >= layer),
            onlyA: count((x, y) => x >= layer && y < layer),
            onlyB: count((x, y) => x < layer && y >= layer),
            neither: count((x, y) => x < layer && y < layer),
          });
        }
      }),
    );
  });
});

describe("jaccard", () => {
  it("is in [0, 1], the same both ways, and 1 of a run with itself where it keeps anything", () => {
    fc.assert(
      fc.property(lists, ([a, b]) => {
        const shares = keptByLayer(a, b, LAYERS).map(jaccard);
        assert.deepEqual(keptByLayer(b, a, LAYERS).map(jaccard), shares);
        for (const share of shares) assert.ok(share === undefined || (share >= 0 && share <= 1));
        const present = (layer: number) => a.some((lastA) => lastA >= layer);
        const itself = keptByLayer(a, a, LAYERS).map(jaccard);
        assert.deepEqual(
          itself,
          itself.map((_, layer) => (present(layer) ? 1 : undefined)),
        );
      }),
    );
  });
});

describe("lastLayers", () => {
  it("compares patches, so that merging alone changes nothing", () => {
    const merged = lastLayers(syntheticRecord({ prune: "off" }));
    const whole = lastLayers(syntheticRecord({ prune: "off", mergeSteps: [] }));
    assert.deepEqual(merged, whole);
    assert.equal(merged.length, 392);
  });

  it("has -1 for what was dropped before the LLM", () => {
    const { visual, ...record } = syntheticRecord();
    const mergedInto = visual.mergedInto.map((token, patch) => (patch === 3 ? -1 : token));
    assert.equal(lastLayers({ ...record, visual: { ...visual, mergedInto } })[3], -1);
  });
});

describe("tellingLayer", () => {
  it("is the last layer at which the runs share some patches, but not all", () => {
    assert.equal(tellingLayer(keptByLayer(Int16Array.of(5, 3, 1), Int16Array.of(5, 2, 4), 6)), 4);
    assert.equal(tellingLayer(keptByLayer(Int16Array.of(5, 5), Int16Array.of(5, 5), 6)), 5);
    assert.equal(tellingLayer(keptByLayer(Int16Array.of(-1), Int16Array.of(-1), 6)), 0);
  });
});

describe("whyNoOverlap", () => {
  it("lets runs over the same patches be compared, whatever their pictures and settings", () => {
    const other = syntheticRecord({ mergeSteps: [], prune: "off", thumbnail: () => "" });
    assert.equal(whyNoOverlap(syntheticRecord(), other), undefined);
  });

  it("names what keeps others apart", () => {
    const record = syntheticRecord();
    assert.match(whyNoOverlap(record, syntheticRecord({ frames: 4 })) ?? "", /different media or frames/);
    assert.match(whyNoOverlap(record, syntheticRecord({ kind: "image" })) ?? "", /different media or frames/);
    assert.match(whyNoOverlap(record, syntheticRecord({ layers: 9 })) ?? "", /different numbers of layers/);
    const { tokens } = record;
    assert.match(whyNoOverlap(record, { ...record, tokens: { ...tokens, encoded: 0 } }) ?? "", /no patches/);
  });
});
