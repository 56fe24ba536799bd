import assert from "node:assert/strict";
import fc from "fast-check";
import { planSegments } from "#media/segments.ts";

/** `count` frames with a key frame at every multiple of `interval`. */
const keysEvery = (interval: number, count: number) =>
  Uint8Array.from({ length: count }, (_, i) => (i % interval === 0 ? 1 : 0));

describe("media/segments", () => {
  it("decodes a short clip in one run", () => {
    assert.deepEqual(planSegments(keysEvery(25, 100), [0, 33, 66, 99], 100), [{ from: 0, wanted: [0, 33, 66, 99] }]);
  });

  it("jumps to the key frame before a frame that is far away", () => {
    assert.deepEqual(planSegments(keysEvery(25, 1000), [10, 510, 520, 999], 40), [
      { from: 0, wanted: [10] },
      { from: 500, wanted: [510, 520] },
      { from: 975, wanted: [999] },
    ]);
  });

  it("decodes on when the next key frame is not worth a jump", () => {
    assert.deepEqual(planSegments(keysEvery(25, 1000), [10, 60], 40), [{ from: 0, wanted: [10, 60] }]);
  });

  it("starts at the beginning of the file unless the first frame is far from it", () => {
    assert.deepEqual(planSegments(keysEvery(25, 1000), [30], 40), [{ from: 0, wanted: [30] }]);
    assert.deepEqual(planSegments(keysEvery(25, 1000), [80], 40), [{ from: 75, wanted: [80] }]);
  });

  it("never jumps without key frames", () => {
    assert.deepEqual(planSegments(new Uint8Array(0), [3, 5000], 10), [{ from: 0, wanted: [3, 5000] }]);
  });

  it("gives every wanted frame once, in order, from a key frame at or before it", () => {
    const flags = fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 300 });
    const indices = fc.uniqueArray(fc.nat(299), { maxLength: 30 });
    fc.assert(
      fc.property(flags, indices, fc.nat(50), (keys, some, startCost) => {
        const isKey = Uint8Array.from(keys);
        const wanted = some.filter((index) => index < isKey.length).sort((a, b) => a - b);
        const segments = planSegments(isKey, wanted, startCost);
        assert.deepEqual(
          segments.flatMap((segment) => segment.wanted),
          wanted,
        );
        for (const { from, wanted } of segments) {
          assert.ok(from === 0 || isKey[from] === 1);
          assert.ok(from <= (wanted[0] ?? 0));
        }
      }),
    );
  });
});
