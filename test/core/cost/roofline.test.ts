import assert from "node:assert/strict";
import fc from "fast-check";
import { A100, ACCELERATORS } from "#core/cost/accelerators.ts";
import { aimOperators } from "#core/cost/aim.ts";
import { roofline, rooflineSum } from "#core/cost/roofline.ts";
import { QWEN2_7B } from "#core/cost/shapes.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import { assertClose } from "../../support/assert-close.ts";

const ROOF = { flopsPerSecond: 100, bytesPerSecond: 10 };

describe("roofline", () => {
  it("takes the longer of computing and moving, and says which", () => {
    assert.deepEqual(roofline({ flops: 200, bytes: 10 }, ROOF), { seconds: 2, bound: "compute" });
    assert.deepEqual(roofline({ flops: 200, bytes: 30 }, ROOF), { seconds: 3, bound: "memory" });
    assert.deepEqual(roofline({ flops: 100, bytes: 10 }, ROOF), { seconds: 1, bound: "compute" });
  });

  it("adds up one after the other, bound by what takes most", () => {
    const works = [
      { flops: 200, bytes: 1 },
      { flops: 1, bytes: 30 },
    ];
    assert.deepEqual(rooflineSum(works, ROOF), { seconds: 5, bound: "memory" });
    assert.deepEqual(rooflineSum([], ROOF), { seconds: 0, bound: "compute" });
  });

  it("never takes longer than each of both alone would, on a machine that is faster in both", () => {
    const work = fc.record({ flops: fc.nat(), bytes: fc.nat() });
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 9 }), (each, times) => {
        const faster = { flopsPerSecond: 100 * times, bytesPerSecond: 10 * times };
        assertClose([roofline(each, faster).seconds * times], [roofline(each, ROOF).seconds], { relative: 1e-12 });
      }),
    );
  });
});

describe("ACCELERATORS", () => {
  // The release's table: default AIM on LLaVA-OneVision 7B, and the same without cuts.
  for (const [visual, prune, ms] of [
    [1568, { kind: "linear", firstLayer: 14, lastLayer: 22 }, 55.03],
    [6272, "off", 439.58],
  ] as const) {
    it(`gives the paper's ${ms} ms on an A100 under convention aim`, () => {
      const tokens = keptVisualPerLayer(28, visual, prune).map((kept) => 100 + kept);
      const { seconds } = rooflineSum(aimOperators(QWEN2_7B.decoder, tokens, false), A100);
      assertClose([1000 * seconds], [ms], 0.3);
    });
  }

  it("has each id once", () => {
    assert.equal(new Set(ACCELERATORS.map(({ id }) => id)).size, ACCELERATORS.length);
  });
});
