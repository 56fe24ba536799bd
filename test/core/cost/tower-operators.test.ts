import assert from "node:assert/strict";
import { towerMergeFlops, towerOperators } from "#core/cost/tower-operators.ts";
import { towerTokens } from "#core/tower-schedule.ts";

/** Nine patches; small enough to be counted by hand. */
const VISION = { layers: 4, hidden: 4, intermediate: 8, heads: 2, imageSizePx: 7, patchSizePx: 2, projected: 5 };

const flopsOf = (operator: string, retention: number, frames = 1) =>
  towerOperators(VISION, { frames, retention })
    .filter((row) => row.operator === operator)
    .reduce((sum, { flops }) => sum + flops, 0);

describe("towerOperators", () => {
  it("counts attention at the tokens that enter a layer, MLPs at those that merging leaves", () => {
    assert.deepEqual(towerTokens(VISION, 0.3), [9, 6, 3, 3, 3]); // three tokens merge in layers 0 and 1 each
    const entering = 9 + 6 + 3 + 3;
    const left = 6 + 3 + 3 + 3;
    assert.equal(flopsOf("q_proj", 0.3), 2 * 4 * 4 * entering);
    assert.equal(flopsOf("qk_matmul", 0.3), 2 * 4 * (81 + 36 + 9 + 9));
    assert.equal(flopsOf("fc_1", 0.3), 2 * 4 * 8 * left);
    assert.equal(flopsOf("patch_embed", 0.3), 2 * 12 * 4 * 9);
    assert.equal(flopsOf("fc_2", 0.3, 3), 3 * flopsOf("fc_2", 0.3));
  });

  it("counts what merging takes: keys over heads, norms, similarity, shares, the product", () => {
    const step = { before: 9, left: 6, hidden: 4, headDim: 2 };
    const byHand = 9 * 4 + 3 * 9 * 2 + 2 * 5 * 4 * 2 + 3 * 6 * 9 + 2 * 6 * 9 * 4;
    assert.equal(towerMergeFlops(step), byHand);
    const second = 6 * 4 + 3 * 6 * 2 + 2 * 3 * 3 * 2 + 3 * 3 * 6 + 2 * 3 * 6 * 4;
    assert.equal(flopsOf("merge", 0.3), byHand + second);
    assert.equal(flopsOf("merge", 1), 0);
  });
});
