import assert from "node:assert/strict";
import fc from "fast-check";
import { patchCount, towerMerges, towerTokens } from "#core/tower-schedule.ts";

const SIGLIP = {
  layers: 26,
  hidden: 1152,
  intermediate: 4304,
  heads: 16,
  imageSizePx: 384,
  patchSizePx: 14,
  projected: 896,
};

describe("towerMerges", () => {
  it("merges about as many tokens in each layer of the first half, and none in the second", () => {
    const merges = towerMerges(SIGLIP, 0.25);
    assert.deepEqual(merges, [...new Array(13).fill(42), ...new Array(13).fill(0)]);
    assert.equal(towerTokens(SIGLIP, 0.25).at(-1), 183); // a quarter of 729, rounded up
    assert.ok(towerMerges(SIGLIP, 1).every((merged) => merged === 0));
    assert.deepEqual(towerMerges({ ...SIGLIP, layers: 3 }, 0.5), [182, 182, 0]);
  });

  it("leaves to the next layer what is more than half", () => {
    assert.deepEqual(towerMerges({ ...SIGLIP, layers: 2 }, 0.25), [364, 182]);
  });

  it("leaves about the share that is asked for, and never merges more than half at once", () => {
    const shapes = fc.record({
      layers: fc.integer({ min: 1, max: 40 }),
      side: fc.integer({ min: 1, max: 40 }),
      retention: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(shapes, ({ layers, side, retention }) => {
        const vision = { ...SIGLIP, layers, imageSizePx: side, patchSizePx: 1 };
        const tokens = towerTokens(vision, retention);
        const merges = towerMerges(vision, retention);
        assert.equal(tokens.length, layers + 1);
        assert.equal(tokens[0], patchCount(vision));
        for (const [layer, merged] of merges.entries()) {
          const before = tokens[layer] ?? 0;
          assert.ok(Number.isInteger(merged) && merged >= 0 && merged <= before / 2, `${merged} of ${before}`);
          assert.equal(tokens[layer + 1], before - merged);
        }
        assert.ok((tokens.at(-1) ?? 0) >= retention * patchCount(vision) - 1e-6);
      }),
    );
  });
});
