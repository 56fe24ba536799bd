import assert from "node:assert/strict";
import fc from "fast-check";
import { mergedFrames } from "#webview/merging/groups.ts";
import {
  cutOf,
  frameRows,
  frameTable,
  joinSimilarities,
  meanCosine,
  mergedShare,
  redundancy,
  similarityBins,
  stepSimilarity,
  totalRedundancy,
} from "#webview/merging/similarity.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const similarity = { cosines: Float32Array.of(0.875, 0.25, 0.75, 1), merged: Uint8Array.of(1, 0, 1, 1) };
const cosines = fc.float32Array({ min: -1, max: 1, noNaN: true });

describe("stepSimilarity", () => {
  it("knows which of the compared tokens merged: the most similar ones", () => {
    const frames = mergedFrames(syntheticRecord({ frames: 2, mergeSteps: [10], hasMerging: true }));
    for (const { steps } of frames) {
      const [step] = steps;
      assert.ok(step);
      const { cosines: all, merged } = stepSimilarity(step);
      const cut = cutOf({ cosines: all, merged });
      assert.ok(cut !== undefined);
      assert.equal(
        merged.reduce((sum, is) => sum + is, 0),
        10,
      );
      for (const [index, cosine] of all.entries()) assert.ok(merged[index] === 1 ? cosine >= cut : cosine <= cut);
    }
  });
});

describe("the numbers of a step", () => {
  it("are the cut, the share that merged and the mean", () => {
    assert.equal(cutOf(similarity), 0.75);
    assert.equal(cutOf({ ...similarity, merged: new Uint8Array(4) }), undefined);
    assert.equal(mergedShare(similarity), 0.75);
    assert.equal(meanCosine(similarity), 2.875 / 4);
    assert.equal(meanCosine({ cosines: new Float32Array(0) }), 0);
  });

  it("join", () => {
    const joined = joinSimilarities([similarity, similarity]);
    assert.equal(joined.cosines.length, 8);
    assert.equal(mergedShare(joined), 0.75);
  });
});

describe("redundancy", () => {
  it("is the share of tokens with a twin", () => {
    assert.equal(redundancy(similarity, 0.75), 0.75);
    assert.equal(redundancy(similarity, 0.9), 0.25);
  });

  it("is in [0, 1], and falls as the threshold rises", () => {
    const threshold = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(cosines, threshold, threshold, (values, a, b) => {
        const [many, few] = [Math.min(a, b), Math.max(a, b)].map((at) => redundancy({ cosines: values }, at));
        assert.ok(many !== undefined && few !== undefined && few >= 0 && few <= many && many <= 1);
      }),
    );
  });

  it("is zero where nothing was compared", () => {
    assert.equal(redundancy({ cosines: new Float32Array(0) }, 0.5), 0);
    assert.equal(totalRedundancy([], 0.5), 0);
  });
});

describe("similarityBins", () => {
  it("hold every compared token once, in the bar of its cosine", () => {
    fc.assert(
      fc.property(cosines, (values) => {
        const merged = Uint8Array.from(values, (_, index) => index % 2);
        const bins = similarityBins({ cosines: values, merged });
        assert.equal(
          bins.reduce((sum, bin) => sum + bin.merged, 0),
          merged.reduce((sum, is) => sum + is, 0),
        );
        for (const [index, bin] of bins.entries()) {
          const inside = values.filter((value) => value > bin.from + 1e-6 && value < bin.to - 1e-6).length;
          assert.ok(bin.merged + bin.stayed >= inside);
          assert.ok(index === 0 || Math.abs(bin.from - (bins[index - 1]?.to ?? 0)) < 1e-9);
        }
        assert.equal(
          bins.reduce((sum, bin) => sum + bin.merged + bin.stayed, 0),
          values.length,
        );
      }),
    );
  });

  it("end at 1 and are few", () => {
    const bins = similarityBins(similarity);
    assert.equal(bins.at(-1)?.to, 1);
    assert.ok(bins.length <= 40);
    assert.deepEqual(bins.at(-1) && [bins.at(-1)?.merged, bins.at(-1)?.stayed], [1, 0]);
    assert.deepEqual(similarityBins({ cosines: new Float32Array(0), merged: new Uint8Array(0) }), []);
  });
});

describe("frameRows", () => {
  const record = syntheticRecord({ frames: 3, mergeSteps: [24, 12], hasMerging: true });

  it("say what merging did to each frame", () => {
    const rows = frameRows(mergedFrames(record), 0.9);
    assert.deepEqual(
      rows.map(({ before, after }) => [before, after]),
      [
        [49, 13],
        [49, 13],
        [49, 13],
      ],
    );
    const total = rows.reduce((sum, row) => sum + row.redundancy, 0) / 3;
    assert.ok(Math.abs(total - totalRedundancy(mergedFrames(record), 0.9)) < 1e-12);
  });

  it("are none where the steps are not known", () => {
    assert.deepEqual(frameRows(mergedFrames(syntheticRecord()), 0.9), []);
  });

  it("are a table of numbers", () => {
    const rows = frameRows(mergedFrames(record), 0.9);
    const table = frameTable(rows);
    assert.deepEqual(table.rows[1]?.slice(0, 4), ["2", 1, 49, 13]);
    assert.equal(table.rows[1]?.[4], rows[1]?.redundancy);
    assert.equal(table.columns.at(-1)?.format?.(null), "–");
  });
});
