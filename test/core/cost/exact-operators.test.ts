import assert from "node:assert/strict";
import fc from "fast-check";
import { exactCost } from "#core/cost/exact.ts";
import type { ExactCostInput } from "#core/cost/exact-input.ts";
import { exactOperators } from "#core/cost/exact-operators.ts";
import { STAGES } from "#core/cost/report.ts";
import { rankedLayers, tokensEntering } from "#core/schedule.ts";

const DECODER = { layers: 2, hidden: 4, intermediate: 6, heads: 2, kvHeads: 1, headDim: 2, vocab: 10 };
const VISION = { layers: 2, hidden: 4, intermediate: 8, heads: 2, imageSizePx: 7, patchSizePx: 2, projected: 5 };

const RUN: ExactCostInput = {
  decoder: DECODER,
  vision: VISION,
  encodedFrames: 2,
  pooledTokens: 4,
  mergeFlops: 70,
  text: 3,
  fullVisual: 8,
  perLayer: [11, 7],
  kvPerLayer: [11, 7],
  ranking: "pagerank",
  importanceLayers: [0],
  decodeSteps: 2,
};

const bytesOf = (operator: string, stage: string, input = RUN) =>
  exactOperators(input).find((row) => row.operator === operator && row.stage === stage)?.bytes;

describe("exactOperators", () => {
  it("adds up to the stages and layers of exactCost", () => {
    const runs = fc.record({
      visual: fc.integer({ min: 0, max: 300 }),
      encodedFrames: fc.integer({ min: 0, max: 40 }),
      firstLayer: fc.integer({ min: 0, max: 3 }),
      decodeSteps: fc.integer({ min: 0, max: 5 }),
      ranking: fc.constantFrom("pagerank", "last-query", "none"),
    });
    fc.assert(
      fc.property(runs, ({ visual, firstLayer, ...said }) => {
        const prune = { kind: "linear", firstLayer, lastLayer: firstLayer + 2 } as const;
        const perLayer = tokensEntering(6, 9, visual, prune);
        const importanceLayers = rankedLayers(6, visual, prune);
        const decoder = { ...DECODER, layers: 6 };
        const input = {
          ...RUN,
          ...said,
          decoder,
          perLayer,
          kvPerLayer: perLayer,
          importanceLayers,
          fullVisual: visual,
        };
        const rows = exactOperators(input);
        const { stages, perLayerTflops } = exactCost(input);
        const flopsOf = (isIn: (row: (typeof rows)[number]) => boolean) =>
          rows.filter(isIn).reduce((sum, { flops }) => sum + flops, 0) / 1e12;
        for (const stage of STAGES)
          assert.equal(
            flopsOf((row) => row.stage === stage),
            stages[stage],
            stage,
          );
        for (const [layer, tflops] of perLayerTflops.entries()) {
          assert.equal(
            flopsOf((row) => row.stage === "prefill" && row.layer === layer),
            tflops,
          );
        }
      }),
    );
  });

  it("moves weights once a pass, activations once a token", () => {
    const [weights, perToken] = [4 * 6, 4 + 6];
    assert.equal(bytesOf("up_proj", "prefill"), 2 * (weights + 11 * perToken));
    assert.equal(bytesOf("up_proj", "decode"), 2 * 2 * (weights + perToken));
    assert.equal(bytesOf("fc_1", "vision"), 2 * 2 * 2 * (4 * 8 + 9 * (4 + 8)));
  });

  it("moves the cache of every step, and as many scores", () => {
    // 2 steps over 12 and 13 keys: queries and keys of 4 and 2 channels, 2 heads.
    assert.equal(bytesOf("qk_matmul", "decode"), 2 * (4 * 2 + 2 * 25 + 2 * 25));
    assert.equal(bytesOf("qk_matmul", "prefill"), 2 * (4 * 11 + 2 * 11 + 2 * 121));
  });

  it("counts bytes as weights and activations are held", () => {
    const row = exactOperators(RUN, { weight: 1, activation: 4 }).find(({ operator }) => operator === "up_proj");
    assert.equal(row?.bytes, 4 * 6 + 4 * 11 * (4 + 6));
  });

  it("lays the logits of the prompt to prefill, those of the answer to decoding", () => {
    const heads = exactOperators(RUN).filter(({ stage }) => stage === "lmHead");
    assert.deepEqual(
      heads.map(({ during, flops }) => [during, flops]),
      [
        ["prefill", 2 * 4 * 10],
        ["decode", 2 * 2 * 4 * 10],
      ],
    );
  });

  it("leaves out what did not happen", () => {
    const rows = exactOperators({ ...RUN, encodedFrames: 0, mergeFlops: 0, decodeSteps: 0, importanceLayers: [] });
    assert.deepEqual([...new Set(rows.map(({ stage }) => stage))], ["prefill", "lmHead"]);
  });

  it("counts the class token in the tower, and a projector after merging at the tokens that are left", () => {
    const vision = { ...VISION, classTokens: 1, metricChannels: 4 };
    const input = { ...RUN, vision };
    const rows = exactOperators(input);
    const flopsOf = (operator: string, stage: string) =>
      rows.find((row) => row.operator === operator && row.stage === stage)?.flops;
    const tokens = 9 + 1; // 3 x 3 patches
    const frames = RUN.encodedFrames;
    assert.equal(flopsOf("patch_embed", "vision"), 2 * 9 * 3 * 2 * 2 * 4 * frames);
    assert.equal(flopsOf("q_proj", "vision"), 2 * tokens * 4 * 4 * 2 * frames);
    assert.equal(flopsOf("qk_matmul", "vision"), 2 * tokens ** 2 * 4 * 2 * frames);
    assert.equal(flopsOf("merge_keys", "vision"), 2 * tokens * 4 * 4 * frames);
    const left = 11 - RUN.text;
    assert.equal(flopsOf("projector_1", "projector"), 2 * left * 4 * 5);
    assert.equal(flopsOf("projector_2", "projector"), 2 * left * 5 * 5);
    const projector = rows.filter(({ stage }) => stage === "projector");
    assert.deepEqual(new Set(projector.map(({ during }) => during)), new Set(["merge"]));
    assert.deepEqual(
      exactOperators({ ...input, encodedFrames: 0 }).filter(({ stage }) => stage === "projector"),
      projector, // features that were known are projected all the same
    );
    const full = exactCost({ ...input, fullVisual: 20 }).fullTflops - exactCost(input).fullTflops;
    assert.ok(full > 0);
    const none = exactOperators({ ...input, perLayer: [3, 3], kvPerLayer: [3, 3] });
    assert.ok(none.every(({ stage }) => stage !== "projector"));
  });
});
