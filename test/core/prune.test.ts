import assert from "node:assert/strict";
import fc from "fast-check";
import { keepTokens } from "#core/prune.ts";

const flags = (...isText: number[]) => Uint8Array.from(isText);

describe("keepTokens", () => {
  it("keeps the most important visual tokens in their order", () => {
    const importance = Float64Array.of(0.1, 0.5, 0.2, 0.4, 0.3);
    assert.deepEqual([...keepTokens(importance, flags(1, 0, 0, 0, 1), 2)], [0, 1, 3, 4]);
  });

  it("keeps text tokens whatever their score", () => {
    const importance = Float64Array.of(0, 0.9, 0.8, 0);
    assert.deepEqual([...keepTokens(importance, flags(1, 0, 0, 1), 0)], [0, 3]);
  });

  it("gives ties to the lower position", () => {
    assert.deepEqual([...keepTokens(new Float64Array(40), new Uint8Array(40), 3)], [0, 1, 2]);
  });

  it("takes NaN for 0", () => {
    const importance = Float64Array.of(Number.NaN, 0.1, Number.NaN, 0.2, Number.NaN);
    assert.deepEqual([...keepTokens(importance, flags(1, 0, 0, 0, 0), 3)], [0, 1, 2, 3]);
  });

  it("tells values apart that float32 cannot", () => {
    assert.deepEqual([...keepTokens(Float64Array.of(1e-60, 1e-50), flags(0, 0), 1)], [1]);
  });

  it("keeps all where fewer are there", () => {
    assert.deepEqual([...keepTokens(Float64Array.of(1, 2), flags(0, 1), 7)], [0, 1]);
    assert.deepEqual([...keepTokens(new Float64Array(), flags(), 7)], []);
  });

  it("refuses flags of another length", () => {
    assert.throws(() => keepTokens(new Float64Array(2), flags(1), 1), { code: "invalid-argument" });
  });

  it("keeps every text token, the asked number of visual ones, and none below one that it drops", () => {
    const tokens = fc.array(fc.record({ isText: fc.boolean(), score: fc.integer({ min: 0, max: 5 }) }));
    fc.assert(
      fc.property(tokens, fc.nat(20), (list, keepVisual) => {
        const isText = Uint8Array.from(list, (token) => (token.isText ? 1 : 0));
        const kept = [
          ...keepTokens(
            Float64Array.from(list, (token) => token.score),
            isText,
            keepVisual,
          ),
        ];
        assert.deepEqual(
          kept,
          kept.toSorted((a, b) => a - b),
        );
        const isKept = (position: number) => kept.includes(position);
        const visual = [...list.keys()].filter((position) => !isText[position]);
        assert.ok([...list.keys()].every((position) => !isText[position] || isKept(position)));
        assert.equal(visual.filter(isKept).length, Math.min(keepVisual, visual.length));
        const score = (position: number) => list[position]?.score ?? 0;
        const lowestKept = Math.min(...visual.filter(isKept).map(score));
        assert.ok(visual.every((position) => isKept(position) || score(position) <= lowestKept));
      }),
    );
  });
});
