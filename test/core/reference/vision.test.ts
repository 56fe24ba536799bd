import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "#core/random.ts";
import { encodePicture, mergedTokens, unmergeTokens, type Vision } from "#core/reference/vision.ts";

/** A tower with random weights; 25 patches, an odd number. */
function tower(seed: number): Vision {
  const random = seededRandom(seed);
  const [hidden, intermediate] = [8, 12];
  const shapes: Readonly<Record<string, readonly number[]>> = {
    "patch_embedding.weight": [hidden, 3, 2, 2],
    "patch_embedding.bias": [hidden],
    "position_embedding.weight": [25, hidden],
    "fc1.weight": [intermediate, hidden],
    "fc1.bias": [intermediate],
    "fc2.weight": [hidden, intermediate],
  };
  const known = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  const weights = (name: string) => {
    const kind = name.split(".").slice(-2).join(".");
    const shape = shapes[kind] ?? (kind.endsWith("weight") && kind.includes("proj") ? [hidden, hidden] : [hidden]);
    const length = shape.reduce((product, size) => product * size, 1);
    const weight = known.get(name) ?? { shape, data: Float32Array.from({ length }, () => random() - 0.5) };
    known.set(name, weight);
    return weight;
  };
  return {
    vision: {
      ...{ layers: 3, hidden, intermediate, heads: 2, imageSizePx: 10, patchSizePx: 2, projected: hidden },
      ...{ normEpsilon: 1e-6, activation: "gelu-tanh", projectorActivation: "gelu" },
    },
    names: { vision: "", projector: ["", ""] },
    weights,
  };
}

const PIXELS = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));
const merges = fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 6 }), fc.nat({ max: 3 }));

describe("a tower that merges tokens", () => {
  it("loses no patch: sizes add up, and every patch is part of one token", () => {
    fc.assert(
      fc.property(merges, fc.nat(), (counts, seed) => {
        const { sizes, assign, values } = mergedTokens(tower(seed), PIXELS, counts);
        assert.equal(sizes.length, 25 - counts[0] - counts[1] - counts[2]);
        assert.equal(values.length, 8 * sizes.length);
        const patches = new Int32Array(sizes.length);
        for (const token of assign) patches[token] = (patches[token] ?? 0) + 1;
        assert.deepEqual(patches, sizes);
      }),
      { numRuns: 25 },
    );
  });

  it("puts tokens back at the places of their patches", () => {
    fc.assert(
      fc.property(merges, fc.nat(), (counts, seed) => {
        const { sizes, assign } = mergedTokens(tower(seed), PIXELS, counts);
        const numbered = Float32Array.from({ length: 2 * sizes.length }, (_, i) => i);
        const expected = [...assign].flatMap((token) => [2 * token, 2 * token + 1]);
        assert.deepEqual([...unmergeTokens(numbered, assign, 2)], expected);
      }),
      { numRuns: 25 },
    );
  });

  it("is the plain tower where nothing merges", () => {
    const model = tower(3);
    const { values, sizes, assign } = mergedTokens(model, PIXELS, [0, 0, 0]);
    assert.deepEqual(values, encodePicture(model, PIXELS));
    assert.ok(sizes.every((size) => size === 1) && assign.every((token, patch) => token === patch));
  });
});
