import assert from "node:assert/strict";
import fc from "fast-check";
import { importance, rootMeanSquare } from "#core/importance.ts";
import { assertClose } from "../support/assert-close.ts";

/** Causal logits [heads, tokens, tokens] from a flat list. */
function causal(heads: number, tokens: number, logit: (i: number) => number): Float32Array {
  return Float32Array.from({ length: heads * tokens * tokens }, (_, i) => {
    const [query, key] = [Math.floor(i / tokens) % tokens, i % tokens];
    return key > query ? Number.NEGATIVE_INFINITY : logit(i);
  });
}

describe("importance", () => {
  it("follows two tokens by hand: after t steps of equal attention the second keeps (1/2)^t of its half", () => {
    assertClose(
      importance(
        causal(1, 2, () => 0),
        1,
        2,
      ),
      [1 - 0.5 ** 6, 0.5 ** 6],
      1e-12,
    );
  });

  it("sharpens attention by the temperature 0.1", () => {
    const logits = causal(1, 2, (i) => (i === 2 ? 0.1 : 0)); // the second token prefers the first by e^(0.1 / 0.1)
    assertClose(importance(logits, 1, 2), [1 - 0.5 / (1 + Math.E) ** 5, 0.5 / (1 + Math.E) ** 5], 1e-9);
  });

  it("takes the root mean square over heads", () => {
    assertClose(rootMeanSquare([Float64Array.of(3, 0), Float64Array.of(4, 0)]), [Math.sqrt(12.5), 0], 1e-12);
  });

  it("takes squares that float32 cannot hold for zero, so that such tokens are ties, as in the release", () => {
    const [tiny = 1, small = 0] = rootMeanSquare([Float64Array.of(1e-24, 1e-18), Float64Array.of(1e-25, 0)]);
    assert.equal(tiny, 0);
    assertClose([small], [1e-18 / Math.SQRT2], { relative: 1e-12 });
  });

  it("gives a masked column 0 under both kinds of mask", () => {
    for (const mask of [Number.NEGATIVE_INFINITY, -3.4028234663852886e38]) {
      const logits = causal(2, 5, (i) => (i % 5 === 2 ? mask : i % 3));
      const values = importance(logits, 2, 5);
      assert.equal(values[2], 0);
      assert.ok(values.every((value, token) => value > 0 || token === 2));
    }
  });

  it("lets a row that sees nothing pass nothing on", () => {
    const logits = causal(1, 3, (i) => (i % 3 === 0 ? Number.NEGATIVE_INFINITY : 0)); // column 0 masked: row 0 is blind
    const values = importance(logits, 1, 3);
    assert.equal(values[0], 0);
    assert.ok(values.every(Number.isFinite));
  });

  it("shares out 1 per head: with one head it sums to 1", () => {
    const logit = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.infiniteStream(logit), (tokens, stream) => {
        const logits = causal(1, tokens, () => stream.next().value);
        const values = importance(logits, 1, tokens);
        assertClose([values.reduce((total, value) => total + value, 0)], [1], 1e-9);
        assert.ok(values.every((value) => value >= 0));
      }),
    );
  });

  it("refuses logits of another size", () => {
    assert.throws(() => importance(new Float32Array(5), 1, 2), { code: "invalid-argument" });
  });
});
