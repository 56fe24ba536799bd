import assert from "node:assert/strict";
import fc from "fast-check";
import { type PruneSettings, parsePrune } from "#core/prune-settings.ts";
import { keptVisualPerLayer, needsRanking, rankedLayers, tokensEntering } from "#core/schedule.ts";

const QWEN2 = parsePrune("14..22");
const PYRAMID = parsePrune("2:50%,4:25%,6:12.5%");

/** A linear schedule, which may end beyond the model. */
const scheduled = fc.record({
  layers: fc.integer({ min: 1, max: 80 }),
  prune: fc
    .tuple(fc.nat(79), fc.integer({ min: 1, max: 30 }))
    .map(([firstLayer, span]) => ({ kind: "linear", firstLayer, lastLayer: firstLayer + span }) as const),
  visual: fc.integer({ min: 0, max: 10_000 }),
});

describe("keptVisualPerLayer", () => {
  it("rounds down what the release rounds down", () => {
    assert.deepEqual(keptVisualPerLayer(28, 1568, QWEN2).slice(13, 22), [1568, 1372, 1176, 980, 784, 588, 392, 196, 0]);
    assert.deepEqual(keptVisualPerLayer(28, 196, QWEN2).slice(14, 22), [171, 147, 122, 98, 73, 49, 24, 0]);
  });

  it("is exact where 1 - i / span is not: 1 of 10 tokens is left before the last step", () => {
    assert.deepEqual(keptVisualPerLayer(10, 10, parsePrune("0..10")), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    assert.deepEqual(keptVisualPerLayer(2, 100, parsePrune("0:29%")), [29, 29]);
  });

  it("holds between steps", () => {
    assert.deepEqual(keptVisualPerLayer(8, 99, PYRAMID), [99, 99, 49, 49, 24, 24, 12, 12]);
  });

  it("is everything without pruning", () => assert.deepEqual(keptVisualPerLayer(3, 7, "off"), [7, 7, 7]));

  it("never grows, starts with all, and lets none enter the last layer of the schedule", () => {
    fc.assert(
      fc.property(scheduled, ({ layers, prune, visual }) => {
        const kept = keptVisualPerLayer(layers, visual, prune);
        assert.equal(kept.length, layers);
        assert.ok(kept.every((count, layer) => Number.isInteger(count) && count <= (kept[layer - 1] ?? visual)));
        assert.ok(kept.slice(0, prune.firstLayer).every((count) => count === visual));
        assert.ok(kept.slice(prune.lastLayer - 1).every((count) => count === 0));
        assert.equal(tokensEntering(layers, 0, visual, prune)[prune.lastLayer] ?? 0, 0);
      }),
    );
  });

  it("is the share of whole numbers, rounded down", () => {
    fc.assert(
      fc.property(scheduled, ({ layers, prune: { firstLayer, lastLayer, kind }, visual }) => {
        const kept = keptVisualPerLayer(layers, visual, { kind, firstLayer, lastLayer });
        for (let layer = firstLayer; layer < Math.min(layers, lastLayer); layer++) {
          assert.equal(kept[layer], Math.floor((visual * (lastLayer - 1 - layer)) / (lastLayer - firstLayer)));
        }
      }),
    );
  });
});

describe("tokensEntering", () => {
  it("is what the layer before left, and the text", () => {
    const entering = tokensEntering(28, 100, 1568, QWEN2);
    assert.deepEqual(entering.slice(0, 15), Array(15).fill(1668));
    assert.deepEqual(entering.slice(15), [1472, 1276, 1080, 884, 688, 492, 296, 100, 100, 100, 100, 100, 100]);
  });

  it("is only text where there is nothing to see", () => {
    assert.deepEqual(tokensEntering(4, 9, 0, parsePrune("1..3")), [9, 9, 9, 9]);
  });
});

describe("rankedLayers", () => {
  it("are those after which some tokens go, but not all", () => {
    assert.deepEqual(rankedLayers(28, 1568, QWEN2), [14, 15, 16, 17, 18, 19, 20]);
    assert.deepEqual(rankedLayers(8, 99, PYRAMID), [2, 4, 6]);
    assert.deepEqual(rankedLayers(28, 1568, "off"), []);
    assert.deepEqual(rankedLayers(28, 0, QWEN2), []);
    assert.deepEqual(rankedLayers(28, 1568, parsePrune("14:0%")), []);
  });

  it("leave out layers that drop nothing, and the last, after which nothing comes", () => {
    assert.deepEqual(rankedLayers(8, 2, parsePrune("0..8")), [0]);
    assert.deepEqual(rankedLayers(28, 100, parsePrune("26..40")), [26]);
  });

  it("are none, whatever the prompt, where a schedule needs no ranking", () => {
    const anyPrune = fc.constantFrom<PruneSettings | "off">(
      ...["off", "3..4", "3..5", "3:0%", "3:100%", "3:50%", "1:100%,2:0%"].map(parsePrune),
    );
    fc.assert(
      fc.property(anyPrune, fc.nat(200), (prune, visual) => {
        if (!needsRanking(prune)) assert.deepEqual(rankedLayers(8, visual, prune), []);
      }),
    );
    assert.ok(needsRanking(parsePrune("3..5")) && needsRanking(parsePrune("3:50%")));
    assert.ok(!needsRanking(parsePrune("3..4")) && !needsRanking(parsePrune("3:0%")));
  });
});
