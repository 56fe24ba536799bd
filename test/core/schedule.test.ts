import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { defaultPrune, keptVisualPerLayer, pruningLayers, retentionPerLayer, tokensEntering } from "#core/schedule.ts";

const QWEN2 = { firstLayer: 14, lastLayer: 22 };

/** A model, and a schedule inside it. */
const scheduled = fc
  .integer({ min: 1, max: 80 })
  .chain((layers) => fc.tuple(fc.constant(layers), fc.integer({ min: 0, max: layers - 1 })))
  .chain(([layers, firstLayer]) =>
    fc.record({
      layers: fc.constant(layers),
      prune: fc.record({
        firstLayer: fc.constant(firstLayer),
        lastLayer: fc.integer({ min: firstLayer + 1, max: layers }),
      }),
      visual: fc.integer({ min: 0, max: 10_000 }),
    }),
  );

describe("retentionPerLayer", () => {
  it("falls in a straight line between the two layers", () => {
    const falling = [0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125];
    assert.deepEqual(retentionPerLayer(28, QWEN2), [...Array(14).fill(1), ...falling, ...Array(7).fill(0)]);
  });

  it("is 1 throughout without pruning", () => assert.deepEqual(retentionPerLayer(3, "off"), [1, 1, 1]));
});

describe("keptVisualPerLayer", () => {
  it("rounds down what the release rounds down", () => {
    assert.deepEqual(keptVisualPerLayer(28, 1568, QWEN2).slice(13, 22), [1568, 1372, 1176, 980, 784, 588, 392, 196, 0]);
    assert.deepEqual(keptVisualPerLayer(28, 196, QWEN2).slice(14, 22), [171, 147, 122, 98, 73, 49, 24, 0]);
  });

  it("is exact where 1 - i / span is not: 1 of 10 tokens is left before the last step", () => {
    assert.deepEqual(keptVisualPerLayer(10, 10, { firstLayer: 0, lastLayer: 10 }), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it("never grows, starts with all and ends with none", () => {
    fc.assert(
      fc.property(scheduled, ({ layers, prune, visual }) => {
        const kept = keptVisualPerLayer(layers, visual, prune);
        assert.equal(kept.length, layers);
        assert.ok(kept.every((count, layer) => Number.isInteger(count) && count <= (kept[layer - 1] ?? visual)));
        assert.ok(kept.slice(0, prune.firstLayer).every((count) => count === visual));
        assert.ok(kept.slice(prune.lastLayer - 1).every((count) => count === 0));
      }),
    );
  });

  it("is the retention's share, rounded down", () => {
    fc.assert(
      fc.property(scheduled, ({ layers, prune, visual }) => {
        const kept = keptVisualPerLayer(layers, visual, prune);
        for (const [layer, share] of retentionPerLayer(layers, prune).entries()) {
          const exact = share * visual;
          assert.ok((kept[layer] ?? -1) <= exact + 1e-6 && (kept[layer] ?? -1) > exact - 1 - 1e-6);
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
    assert.deepEqual(tokensEntering(4, 9, 0, { firstLayer: 1, lastLayer: 3 }), [9, 9, 9, 9]);
  });
});

describe("pruningLayers", () => {
  it("names the layers after which tokens go", () => {
    assert.deepEqual(pruningLayers(28, 1568, QWEN2), [14, 15, 16, 17, 18, 19, 20, 21]);
    assert.deepEqual(pruningLayers(28, 1568, "off"), []);
    assert.deepEqual(pruningLayers(28, 0, QWEN2), []);
  });

  it("leaves out layers that drop nothing, and the last, after which nothing comes", () => {
    assert.deepEqual(pruningLayers(8, 2, { firstLayer: 0, lastLayer: 8 }), [0, 4]);
  });
});

describe("the bounds of a schedule", () => {
  for (const [firstLayer, lastLayer] of [
    [-1, 2],
    [8, 9],
    [4, 9],
    [4, 4],
    [5, 4],
    [0.5, 3],
  ] as const) {
    it(`${firstLayer}..${lastLayer} is refused for 8 layers, which the message names`, () => {
      const prune = { firstLayer, lastLayer };
      for (const call of [
        () => retentionPerLayer(8, prune),
        () => keptVisualPerLayer(8, 10, prune),
        () => tokensEntering(8, 1, 10, prune),
        () => pruningLayers(8, 10, prune),
      ]) {
        assert.throws(call, (error) => error instanceof AimError && /8 layers/.test(error.message));
      }
    });
  }
});

describe("defaultPrune", () => {
  for (const [layers, firstLayer, lastLayer] of [
    [28, 14, 22],
    [32, 13, 21],
    [24, 12, 19],
    [8, 4, 6],
    [1, 0, 1],
    [2, 1, 2],
  ] as const) {
    it(`${layers} layers: ${firstLayer}..${lastLayer}`, () =>
      assert.deepEqual(defaultPrune(layers), { firstLayer, lastLayer }));
  }

  it("lies inside every model", () => {
    for (let layers = 1; layers <= 200; layers++) {
      assert.doesNotThrow(() => retentionPerLayer(layers, defaultPrune(layers)));
    }
  });
});
