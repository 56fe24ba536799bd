import assert from "node:assert/strict";
import fc from "fast-check";
import { AimError } from "#core/errors.ts";
import { matchTokens, mergeFrame, mergeSteps, mergeTokens } from "#core/merge.ts";
import type { MergeSettings } from "#core/merge-settings.ts";
import { rowsOf } from "#core/vector.ts";
import { assertClose } from "../support/assert-close.ts";

const PLAIN = { order: "reference", weighting: "plain" } as const;
const SPATIAL = { order: "spatial", weighting: "plain" } as const;

const rule: fc.Arbitrary<Pick<MergeSettings, "order" | "weighting">> = fc.record({
  order: fc.constantFrom("reference", "spatial"),
  weighting: fc.constantFrom("plain", "size"),
});

/** Few distinct values, so that ties and zero vectors come up. */
const frame = fc
  .record({ tokens: fc.integer({ min: 0, max: 24 }), channels: fc.integer({ min: 1, max: 4 }) })
  .chain(({ tokens, channels }) =>
    fc.record({
      tokens: fc.constant(tokens),
      channels: fc.constant(channels),
      values: fc
        .array(fc.integer({ min: -2, max: 2 }), { minLength: tokens * channels, maxLength: tokens * channels })
        .map((values) => Float32Array.from(values)),
    }),
  );
const retention = fc.double({ min: 0.01, max: 1, noNaN: true });

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const ones = (tokens: number) => new Int32Array(tokens).fill(1);

describe("mergeSteps", () => {
  const left = (tokens: number, steps: readonly number[]) => tokens - sum(steps);

  for (const [tokens, share, steps] of [
    [196, 0.5, [98]],
    [196, 0.25, [98, 49]],
    [196, 0.125, [98, 49, 24]],
    [196, 0.3, [98, 39]],
    [729, 0.0625, [364, 182, 91, 45]],
    [576, 0.4375, [288, 36]],
    [100, 0.55, [45]],
    [10, 0.9, [1]],
    [196, 1, []],
    [1, 0.25, []],
    [0, 0.25, []],
    [3, 0.01, [1]],
  ] as const) {
    it(`${tokens} tokens at ${share} take the steps [${steps}]`, () =>
      assert.deepEqual(mergeSteps(tokens, share), steps));
  }

  it("never leaves fewer tokens than the retention asks for, nor merges more than half in a step", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), retention, (tokens, share) => {
        const steps = mergeSteps(tokens, share);
        assert.ok(left(tokens, steps) >= share * tokens - 1e-6);
        for (const [k, step] of steps.entries()) {
          assert.ok(step > 0 && step <= left(tokens, steps.slice(0, k)) / 2);
        }
      }),
    );
  });

  it("halves exactly at powers of two, however the share was computed", () => {
    for (let k = 1; k <= 10; k++) {
      assert.equal(mergeSteps(1024, 1 / 2 ** k).length, k);
      assert.equal(left(1024, mergeSteps(1024, 0.5 ** k)), 1024 / 2 ** k);
    }
  });

  it("refuses a retention outside (0, 1]", () => {
    for (const share of [0, -0.5, 1.01, Number.NaN]) assert.throws(() => mergeSteps(196, share), AimError);
  });
});

describe("matchTokens", () => {
  it("pairs each even token with its most similar odd one and ranks by similarity", () => {
    const metric = Float32Array.of(1, 0, /**/ 0, 1, /**/ 0.1, 1, /**/ 1, 0.2, /**/ -1, 0);
    const match = matchTokens(metric, 5, 2, 1);
    assert.deepEqual([...match.sources], [2, 0, 4]);
    assert.deepEqual([...match.destinations], [1, 3, 1]);
    assertClose(match.similarity, [1 / Math.sqrt(1.01), 1 / Math.sqrt(1.04), 0], 1e-7);
    assert.equal(match.merged, 1);
  });

  it("gives ties to the lower index, among destinations and in the ranking", () => {
    const match = matchTokens(new Float32Array(7 * 3).fill(0.7), 7, 3, 2);
    assert.deepEqual([...match.sources], [0, 2, 4, 6]);
    assert.deepEqual([...match.destinations], [1, 1, 1, 1]);
  });

  it("ranks a zero vector at cosine 0: above an opposite one, below a similar one", () => {
    const metric = Float32Array.of(-1, -1, /**/ 1, 1, /**/ 0, 0, /**/ 1, 1, /**/ 2, 1);
    const match = matchTokens(metric, 5, 2, 2);
    assert.deepEqual([...match.sources], [4, 2, 0]);
    assert.equal(match.similarity[1], 0);
    assert.deepEqual([...match.destinations], [1, 1, 1]);
  });

  it("merges at most half of the tokens", () => {
    assert.equal(matchTokens(new Float32Array(5), 5, 1, 99).merged, 2);
    assert.equal(matchTokens(new Float32Array(1), 1, 1, 1).merged, 0);
    assert.equal(matchTokens(new Float32Array(0), 0, 1, 1).merged, 0);
  });

  it("refuses a metric of another size", () => {
    assert.throws(() => matchTokens(new Float32Array(5), 2, 3, 1), { code: "invalid-argument" });
  });
});

describe("mergeTokens", () => {
  // Tokens 0 and 4 are like token 1, token 2 is like nothing.
  const values = Float32Array.of(4, 0, /**/ 2, 0, /**/ -5, 0, /**/ 0, 1, /**/ 6, 0);
  const sizes = Int32Array.of(1, 3, 1, 1, 2);
  const match = matchTokens(values, 5, 2, 2);

  it("averages destinations with all their sources, unmerged tokens first", () => {
    const merged = mergeTokens({ values, sizes }, 2, match, PLAIN);
    assert.deepEqual([...merged.values], [-5, 0, 4, 0, 0, 1]);
    assert.deepEqual([...merged.sizes], [1, 6, 1]);
    assert.deepEqual([...merged.assign], [1, 1, 0, 2, 1]);
  });

  it("puts every token at the position of its destination in spatial order", () => {
    const merged = mergeTokens({ values, sizes }, 2, match, SPATIAL);
    assert.deepEqual([...merged.values], [4, 0, -5, 0, 0, 1]);
    assert.deepEqual([...merged.assign], [0, 0, 1, 2, 0]);
  });

  it("weights by size when asked", () => {
    const merged = mergeTokens({ values, sizes }, 2, match, { order: "spatial", weighting: "size" });
    assertClose(merged.values.slice(0, 2), [(4 + 3 * 2 + 2 * 6) / 6, 0], 1e-6);
  });

  it("refuses values or a match of other sizes", () => {
    assert.throws(() => mergeTokens({ values, sizes: ones(4) }, 2, match, PLAIN), { code: "invalid-argument" });
    assert.throws(() => mergeTokens({ values, sizes }, 1, match, PLAIN), { code: "invalid-argument" });
  });
});

describe("mergeFrame", () => {
  it("without steps is the identity", () => {
    fc.assert(
      fc.property(frame, rule, (input, how) => {
        const merged = mergeFrame(input, [], how);
        assert.deepEqual(merged.values, input.values);
        assert.deepEqual([...merged.assign], [...Array(input.tokens).keys()]);
      }),
    );
  });

  it("gives every token one row and every row its tokens, and never NaN", () => {
    fc.assert(
      fc.property(frame, retention, rule, (input, share, how) => {
        const steps = mergeSteps(input.tokens, share);
        const merged = mergeFrame(input, steps, how);
        assert.equal(merged.tokens, input.tokens - sum(steps));
        assert.equal(merged.values.length, merged.tokens * input.channels);
        const counts = new Int32Array(merged.tokens);
        for (const row of merged.assign) counts[row] = (counts[row] ?? 0) + 1;
        assert.deepEqual(merged.sizes, counts);
        assert.ok(merged.values.every(Number.isFinite));
      }),
    );
  });

  it("weighted by size gives the plain mean of each row's original tokens", () => {
    fc.assert(
      fc.property(frame, retention, fc.constantFrom("reference", "spatial"), (input, share, order) => {
        const merged = mergeFrame(input, mergeSteps(input.tokens, share), { order, weighting: "size" });
        const tokens = rowsOf(input.values, input.channels);
        for (const [row, mean] of rowsOf(merged.values, input.channels).entries()) {
          const members = tokens.filter((_, token) => merged.assign[token] === row);
          const expected = mean.map(
            (_, channel) => sum(members.map((member) => member[channel] ?? 0)) / members.length,
          );
          assertClose(mean, expected, 1e-5);
        }
      }),
    );
  });

  it("gives the same groups of one step in both orders, in spatial order by their destinations", () => {
    fc.assert(
      fc.property(frame, fc.integer({ min: 0, max: 12 }), (input, r) => {
        const [reference, spatial] = [mergeFrame(input, [r], PLAIN), mergeFrame(input, [r], SPATIAL)];
        const groupOf = ({ assign }: { assign: Int32Array }, token: number) => assign.indexOf(assign[token] ?? -1);
        const tokens = [...Array(input.tokens).keys()];
        assert.deepEqual(
          tokens.map((token) => groupOf(reference, token)),
          tokens.map((token) => groupOf(spatial, token)),
        );
        // A group's only odd token is its destination; an unmerged even token stands for itself.
        const positions = Array.from({ length: spatial.tokens }, (_, row) => {
          const members = tokens.filter((token) => spatial.assign[token] === row);
          return members.find((token) => token % 2 === 1) ?? members[0] ?? -1;
        });
        assert.deepEqual(
          positions,
          positions.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it("takes similarity on the metric", () => {
    const metric = { values: Float32Array.of(1, 0, /**/ 0, 1, /**/ 0, 1, /**/ 1, 0), channels: 2 };
    const merged = mergeFrame({ values: Float32Array.of(1, 1, 9, 9), tokens: 4, channels: 1, metric }, [2], PLAIN);
    assert.deepEqual([...merged.assign], [1, 0, 0, 1]);
    assert.deepEqual([...merged.values], [5, 5]);
  });

  it("merges the metric along: one that equals the values changes nothing", () => {
    fc.assert(
      fc.property(frame, retention, rule, (input, share, how) => {
        const steps = mergeSteps(input.tokens, share);
        assert.deepEqual(mergeFrame({ ...input, metric: input }, steps, how), mergeFrame(input, steps, how));
      }),
    );
  });
});
