import assert from "node:assert/strict";
import fc from "fast-check";
import { exactCost } from "#core/cost/exact.ts";
import type { ExactCostInput } from "#core/cost/exact-input.ts";
import { STAGES } from "#core/cost/report.ts";
import { QWEN2_7B } from "#core/cost/shapes.ts";
import { rankedLayers, tokensEntering } from "#core/schedule.ts";
import { assertClose } from "../../support/assert-close.ts";

/** Small enough to be counted by hand. */
const DECODER = { layers: 2, hidden: 4, intermediate: 6, heads: 2, kvHeads: 1, headDim: 2, vocab: 10 };
const VISION = { layers: 1, hidden: 4, intermediate: 8, heads: 2, imageSizePx: 7, patchSizePx: 2, projected: 5 };

const FULL: ExactCostInput = {
  decoder: DECODER,
  vision: VISION,
  encodedFrames: 2,
  pooledTokens: 4,
  mergeFlops: 0,
  text: 3,
  fullVisual: 8,
  perLayer: [11, 11],
  kvPerLayer: [11, 11],
  ranking: "pagerank",
  importanceLayers: [],
  decodeSteps: 0,
};

describe("exactCost", () => {
  it("counts vision by frames really encoded: patches, projections, scores, values, MLP", () => {
    const patches = 9; // a side of 7 px holds three patches of 2
    const tower = patches * (2 * 12 * 4 + 4 * 2 * 16 + 2 * 2 * 32) + 2 * 2 * patches * patches * 4;
    const { stages } = exactCost(FULL);
    assertClose([stages.vision], [(2 * tower) / 1e12], { relative: 1e-12 });
    assertClose([stages.projector], [(2 * patches * 2 * (4 * 5 + 5 * 5)) / 1e12], { relative: 1e-12 });
    assertClose([stages.pooling], [(2 * 4 * 5 * 8) / 1e12], { relative: 1e-12 });
    assert.equal(exactCost({ ...FULL, encodedFrames: 0 }).stages.vision, 0);
  });

  it("counts each layer at the tokens that enter it, attention in full", () => {
    const layer = (n: number) => n * 2 * (2 * 4 * 4 + 2 * 4 * 2 + 3 * 4 * 6) + 2 * 2 * n * n * 4;
    const { perLayerTflops, stages } = exactCost({ ...FULL, perLayer: [11, 7] });
    assertClose(perLayerTflops, [layer(11) / 1e12, layer(7) / 1e12], { relative: 1e-12 });
    assertClose([stages.prefill], [(layer(11) + layer(7)) / 1e12], { relative: 1e-12 });
  });

  it("decodes one row at a time over caches that grow, with one row of lm_head each", () => {
    const step = (keys: number) => 2 * (2 * 4 * 4 + 2 * 4 * 2 + 3 * 4 * 6) + 2 * 2 * keys * 4;
    const { stages } = exactCost({ ...FULL, kvPerLayer: [11, 7], decodeSteps: 2 });
    assertClose([stages.decode], [(step(12) + step(13) + step(8) + step(9)) / 1e12], { relative: 1e-12 });
    assertClose([stages.lmHead], [(3 * 2 * 4 * 10) / 1e12], { relative: 1e-12 });
  });

  it("counts merging as whoever merged did", () => {
    assert.equal(exactCost({ ...FULL, mergeFlops: 7e12 }).stages.merge, 7);
  });

  // The authors' own count of their overhead, which they run with 28 heads of 128 and 3584 channels.
  it("counts PageRank as the authors do: 4.179420464 GFLOPs on the default schedule", () => {
    const perLayer = [1668, 1472, 1276, 1080, 884, 688, 492, 296];
    const importanceLayers = [...perLayer.keys()];
    const { stages } = exactCost({
      ...FULL,
      decoder: QWEN2_7B.decoder,
      perLayer,
      kvPerLayer: perLayer,
      importanceLayers,
    });
    assertClose([stages.ranking * 1000], [4.179420464], 1e-9);
  });

  it("counts a ranking by the last query as a mean over heads, and none as nothing", () => {
    const pruned = { ...FULL, perLayer: [11, 7], kvPerLayer: [11, 7], importanceLayers: [0] };
    assertClose([exactCost({ ...pruned, ranking: "last-query" }).stages.ranking], [(2 * 11) / 1e12], {
      relative: 1e-12,
    });
    assert.equal(exactCost({ ...pruned, ranking: "none" }).stages.ranking, 0);
  });

  it("compares with the same frames, prompt and answer without merging and pruning", () => {
    const reduced = { ...FULL, encodedFrames: 1, mergeFlops: 100, decodeSteps: 3 };
    const pruned = { ...reduced, perLayer: [7, 5], kvPerLayer: [7, 5], importanceLayers: [0] };
    assert.equal(exactCost(pruned).fullTflops, exactCost({ ...FULL, encodedFrames: 1, decodeSteps: 3 }).tflops);
    assert.equal(exactCost(FULL).ratio, 1);
  });

  it("adds up: stages to the total, layers to prefill", () => {
    const planned = fc.record({
      visual: fc.integer({ min: 0, max: 500 }),
      firstLayer: fc.integer({ min: 0, max: 3 }),
      decodeSteps: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(planned, ({ visual, firstLayer, decodeSteps }) => {
        const prune = { kind: "linear", firstLayer, lastLayer: firstLayer + 2 } as const;
        const perLayer = tokensEntering(6, 9, visual, prune);
        const importanceLayers = rankedLayers(6, visual, prune);
        const decoder = { ...DECODER, layers: 6 };
        const input = { ...FULL, decoder, text: 9, perLayer, kvPerLayer: perLayer, importanceLayers, decodeSteps };
        const cost = exactCost({ ...input, fullVisual: visual });
        const total = STAGES.reduce((sum, stage) => sum + cost.stages[stage], 0);
        assertClose([total], [cost.tflops], { relative: 1e-12 });
        const layers = cost.perLayerTflops.reduce((sum, layer) => sum + layer, 0);
        assertClose([layers], [cost.stages.prefill], { relative: 1e-12 });
        assert.ok(Number.isFinite(cost.ratio) && cost.stages.prefill <= cost.fullTflops);
      }),
    );
  });
});
