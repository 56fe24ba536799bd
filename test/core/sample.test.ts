import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "#core/random.ts";
import { chooseToken } from "#core/sample.ts";

const GREEDY = { temperature: 0, topP: 1 };
const never = () => assert.fail("greedy choice needs no chance");

describe("chooseToken", () => {
  it("takes the highest logit at temperature 0, the lower id on a tie", () => {
    assert.equal(chooseToken(Float32Array.of(1, 3, 2, 3), GREEDY, never), 1);
    assert.equal(chooseToken(Float32Array.of(-Infinity, -5), GREEDY, never), 1);
  });

  it("draws in proportion to the softmax", () => {
    const logits = Float32Array.of(Math.log(1), Math.log(2), Math.log(5));
    const ids = [0, 0.12, 0.13, 0.37, 0.38, 0.999].map((chance) =>
      chooseToken(logits, { temperature: 1, topP: 1 }, () => chance),
    );
    assert.deepEqual(ids, [0, 0, 1, 1, 2, 2]);
  });

  it("flattens with temperature", () => {
    const logits = Float32Array.of(0, 10);
    const drawn = (temperature: number) => chooseToken(logits, { temperature, topP: 1 }, () => 0.3);
    assert.equal(drawn(1), 1);
    assert.equal(drawn(20), 0);
  });

  it("draws from the fewest tokens that reach topP, the lower id first on a tie", () => {
    const logits = Float32Array.of(Math.log(1), Math.log(4), Math.log(4), Math.log(1));
    const drawn = (topP: number) =>
      new Set(Array.from({ length: 100 }, (_, i) => chooseToken(logits, { temperature: 1, topP }, () => i / 100)));
    assert.deepEqual(drawn(0.01), new Set([1]));
    assert.deepEqual(drawn(0.39), new Set([1]));
    assert.deepEqual(drawn(0.75), new Set([1, 2]));
    assert.deepEqual(drawn(0.85), new Set([1, 2, 0]));
    assert.deepEqual(drawn(1), new Set([0, 1, 2, 3]));
  });

  it("never draws a barred token, and stands any finite logits and temperature", () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    const logit = fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), finite);
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const temperature = fc.double({ min: Number.MIN_VALUE, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(logit), finite, chance, temperature, chance, (rest, one, topP, t, at) => {
        const logits = Float32Array.of(...rest, one);
        const id = chooseToken(logits, { temperature: t, topP: topP || 1 }, () => at);
        assert.ok(Number.isFinite(logits[id]));
      }),
    );
  });

  it("refuses logits that say nothing", () => {
    for (const logits of [[1, Number.NaN], [Infinity, 1], [-Infinity, -Infinity], []]) {
      assert.throws(() => chooseToken(Float32Array.from(logits), GREEDY, never), { code: "invalid-model" });
    }
  });
});

describe("seededRandom", () => {
  const first = (seed: number, count: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, random);
  };

  it("repeats itself for a seed and differs between seeds", () => {
    assert.deepEqual(first(7, 50), first(7, 50));
    assert.notDeepEqual(first(7, 5), first(8, 5));
    assert.notDeepEqual(first(0, 5), first(4294967295, 5));
  });

  it("is even over [0, 1)", () => {
    const values = first(1, 20_000);
    assert.ok(values.every((value) => value >= 0 && value < 1));
    const counts = Array.from(
      { length: 10 },
      (_, bin) => values.filter((value) => Math.floor(value * 10) === bin).length,
    );
    assert.ok(counts.every((count) => Math.abs(count - 2000) < 200));
  });
});
