import assert from "node:assert/strict";
import { mergingFlops } from "#core/cost/merging.ts";
import { mergeSteps } from "#core/merge.ts";

describe("mergingFlops", () => {
  it("counts a step's norms, similarity, sums and the products with one-hot matrices", () => {
    // 5 tokens of 4 channels, one pair merges: 3 even ones of which 2 stay, 2 odd ones.
    const similarity = 2 * 3 * 2 * 4;
    const sums = 2 * 3 * 2 * 4 + (5 + 2 * 2) * 4;
    const stays = 2 * 3 * 2 * 4;
    const sizesAndRows = 2 * 3 * (2 + 2 * 2);
    assert.equal(mergingFlops(5, 4, [1]), 3 * 5 * 4 + similarity + sums + stays + sizesAndRows);
  });

  it("compares a metric where there is one, and merges it like the tokens", () => {
    const [tokens, metric] = [4, 3];
    const similarity = 2 * 3 * 2 * metric;
    const sums = (2 * 3 * 2 + (5 + 2 * 2)) * (tokens + metric);
    const stays = 2 * 3 * 2 * (tokens + metric);
    const sizesAndRows = 2 * 3 * (2 + 2 * 2);
    assert.equal(mergingFlops(5, tokens, [1], metric), 3 * 5 * metric + similarity + sums + stays + sizesAndRows);
  });

  it("counts nothing where nothing merges, and each step at what the one before left", () => {
    assert.equal(mergingFlops(196, 8, mergeSteps(196, 1)), 0);
    assert.equal(mergingFlops(196, 8, [98, 49]), mergingFlops(196, 8, [98]) + mergingFlops(98, 8, [49]));
  });
});
