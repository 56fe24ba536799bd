import assert from "node:assert/strict";
import fc from "fast-check";
import { attentionRow } from "#core/attention-row.ts";
import { seededRandom } from "#core/random.ts";
import { assertClose } from "../support/assert-close.ts";
import { assertAimError } from "../support/assert-error.ts";

const sizes = fc.record({
  kvHeads: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 3 }),
  headDim: fc.constantFrom(1, 2, 8),
  tokens: fc.integer({ min: 1, max: 9 }),
  hidden: fc.nat({ max: 8 }),
  seed: fc.nat(),
});

describe("attentionRow", () => {
  it("is the softmax of scaled products with the keys that were seen, each head by itself", () => {
    fc.assert(
      fc.property(sizes, ({ kvHeads, group, headDim, tokens, hidden, seed }) => {
        const random = seededRandom(seed);
        const floats = (length: number) => Float32Array.from({ length }, () => 8 * random() - 4);
        const reach = Math.max(1, tokens - hidden);
        const query = floats(kvHeads * group * headDim);
        const keys = floats(kvHeads * tokens * headDim);
        const row = attentionRow({ query, keys, kvHeads, headDim, reach });
        assert.equal(row.length, kvHeads * group * reach);
        for (let head = 0; head < kvHeads * group; head++) {
          const exponentials = Array.from({ length: reach }, (_, key) => {
            const first = (Math.floor(head / group) * tokens + key) * headDim;
            let product = 0;
            for (let i = 0; i < headDim; i++) product += (query[head * headDim + i] ?? 0) * (keys[first + i] ?? 0);
            return Math.exp(product / Math.sqrt(headDim));
          });
          const sum = exponentials.reduce((total, value) => total + value, 0);
          const expected = exponentials.map((value) => value / sum);
          assertClose(row.subarray(head * reach, (head + 1) * reach), expected, { relative: 1e-4, absolute: 1e-9 });
        }
      }),
    );
  });

  it("does not overflow where products are large", () => {
    const row = attentionRow({
      query: Float32Array.of(1e4),
      keys: Float32Array.of(1e4, 1e4, -1e4),
      kvHeads: 1,
      headDim: 1,
      reach: 3,
    });
    assert.deepEqual([...row], [0.5, 0.5, 0]);
  });

  it("refuses sizes that do not fit", () => {
    const good = { query: new Float32Array(8), keys: new Float32Array(12), kvHeads: 2, headDim: 2, reach: 3 };
    assert.equal(attentionRow(good).length, 12);
    const wrong = { code: "invalid-argument", message: /must fit 2 key heads of 2/, hint: /^$/ } as const;
    assertAimError(() => attentionRow({ ...good, query: new Float32Array(6) }), wrong);
    assertAimError(() => attentionRow({ ...good, keys: new Float32Array(11) }), wrong);
    assertAimError(() => attentionRow({ ...good, reach: 4 }), wrong);
  });
});
