import assert from "node:assert/strict";
import fc from "fast-check";
import { matchTokens, mergeFrame, mergeSteps } from "#core/merge.ts";
import type { MergeSettings } from "#core/merge-settings.ts";
import { seededRandom } from "#core/random.ts";
import { compileMerge } from "#model/compile.ts";
import { mergeGroups } from "#runtime/merger.ts";
import { GraphSession } from "#runtime/session.ts";
import { assertClose } from "../support/assert-close.ts";

const settings = fc.record<MergeSettings>({
  retention: fc.constantFrom(1, 0.7, 0.5, 0.3, 0.25, 0.125),
  order: fc.constantFrom("reference", "spatial"),
  weighting: fc.constantFrom("plain", "size"),
});

/** The tokens that each step begins with. */
function sizesBefore(tokens: number, retention: number): number[] {
  let left = tokens;
  return mergeSteps(tokens, retention).map((count) => {
    left -= count;
    return left + count;
  });
}

describe("the merge graph", () => {
  let session: GraphSession;
  before(async () => {
    session = await GraphSession.load(compileMerge({ hasMetric: false }), { device: "cpu" });
  });
  after(() => session.close());

  const context = (settings: MergeSettings) => {
    return { merger: "similar", settings, random: () => 0, loadSession: async () => session } as const;
  };
  const group = (side: number, channels: number, seed: number) => {
    const random = seededRandom(seed);
    const features = Float32Array.from({ length: side * side * channels }, () => random() - 0.5);
    return { kind: "frame", rows: side, columns: side, features } as const;
  };

  it("does what the plain form does, for every order, weighting and size", async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 24 }),
        fc.nat(),
        async (rule, side, channels, seed) => {
          const groups = [
            group(side, channels, seed),
            group(side, channels, seed + 1),
            group(side + 1, channels, seed + 2),
          ];
          const merged = await mergeGroups(groups, context(rule));
          for (const [
            index,
            {
              group: { features },
              values,
              rows,
              positions,
              steps,
            },
          ] of merged.entries()) {
            const tokens = features.length / channels;
            const expected = mergeFrame(
              { values: features, tokens, channels },
              mergeSteps(tokens, rule.retention),
              rule,
            );
            assert.equal(groups[index]?.features, features);
            assert.deepEqual([...rows], [...expected.assign]);
            assertClose(values, expected.values, 1e-5);
            assert.equal(positions.length, expected.tokens);
            if (rule.order === "spatial")
              assert.deepEqual(
                [...positions],
                [...positions].sort((a, b) => a - b),
              );
            for (const [row, position] of positions.entries()) assert.equal(rows[position], row);
            const [first] = steps;
            if (first) {
              const match = matchTokens(features, tokens, channels, 0);
              const cosines = new Float32Array(first.similarity.length);
              for (const [rank, source] of match.sources.entries()) cosines[source / 2] = match.similarity[rank] ?? 0;
              assertClose(first.similarity, cosines, 1e-5);
            }
            assert.deepEqual(
              steps.map((step) => [step.rows.length, step.similarity.length]),
              sizesBefore(tokens, rule.retention).map((size) => [size, Math.ceil(size / 2)]),
            );
            const through = Array.from(rows, (_, token) => steps.reduce((row, step) => step.rows[row] ?? -1, token));
            assert.deepEqual(through, [...rows]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes a vector of zeros for one without direction", async () => {
    const zeros = { ...group(4, 8, 1), features: new Float32Array(16 * 8) };
    const [merged] = await mergeGroups([zeros], context({ retention: 0.5, order: "reference", weighting: "plain" }));
    assert.deepEqual([...(merged?.values ?? [])], Array(8 * 8).fill(0));
  });
});
