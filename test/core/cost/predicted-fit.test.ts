import assert from "node:assert/strict";
import fc from "fast-check";
import { fitTerms, type StageSample, stageMs } from "#core/cost/predicted-fit.ts";

const TERMS = [
  { unit: "runs", referenceMs: 5 },
  { unit: "GFLOPs", referenceMs: 10 },
  { unit: "GFLOPs of attention", referenceMs: 40 },
];
/** A machine: 12 ms a run, 25 ms and 60 ms a GFLOP. */
const MACHINE = [12, 25, 60];
const onMachine = (work: readonly number[]): StageSample => ({
  work,
  ms: 12 * (work[0] ?? 0) + 25 * (work[1] ?? 0) + 60 * (work[2] ?? 0),
});
const SIZES = [0.1, 0.3, 1, 3, 10, 30].map((size) => onMachine([1, size, size ** 2 / 20]));

const predict = (samples: readonly StageSample[], work: readonly number[]) => {
  const rates = fitTerms(samples, TERMS);
  assert.ok(rates);
  return stageMs(work, rates);
};
const off = (a: number, b: number) => Math.abs(a / b - 1);

describe("fitTerms", () => {
  it("knows nothing of what was never measured", () => {
    assert.equal(fitTerms([], TERMS), undefined);
    assert.equal(
      fitTerms(
        [
          { work: [0, 0, 0], ms: 3 },
          { work: [1, 1, 1], ms: 0 },
        ],
        TERMS,
      ),
      undefined,
    );
  });

  it("scales the reference by a single measurement", () => {
    const rates = fitTerms([{ work: [1, 2, 3], ms: 2 * (5 + 20 + 120) }], TERMS);
    assert.deepEqual(
      rates?.map((rate) => Number(rate.toFixed(9))),
      [10, 20, 80],
    );
  });

  it("finds the terms of a machine from runs of different sizes", () => {
    for (const work of [
      [1, 0.2, 0.01],
      [1, 5, 1],
      [1, 20, 20],
    ]) {
      const real = MACHINE.reduce((sum, rate, i) => sum + rate * (work[i] ?? 0), 0);
      assert.ok(off(predict(SIZES, work), real) < 0.05, `${work}: ${predict(SIZES, work)}, not ${real}`);
    }
  });

  it("passes over a busy moment", () => {
    const busy = SIZES.map((sample, i) => (i === 2 ? { ...sample, ms: 4 * sample.ms } : sample));
    const work = [1, 1, 0.05];
    assert.ok(off(predict(busy, work), predict(SIZES, work)) < 0.15);
  });

  it("follows a machine that became slower", () => {
    const slower = SIZES.map(({ work, ms }) => ({ work, ms: 2 * ms }));
    const work = [1, 5, 1];
    const later = predict([...SIZES, ...slower, ...slower, ...slower, ...slower], work);
    assert.ok(off(later, 2 * predict(SIZES, work)) < 0.2, `${later}`);
  });

  it("never predicts less for more work", () => {
    const amount = fc.double({ min: 0, max: 100, noNaN: true });
    const work = fc.tuple(amount, amount, amount);
    const sample = fc.record({ work, ms: fc.double({ min: 0.01, max: 1e4, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 12 }), work, work, (samples, less, more) => {
        const rates = fitTerms(samples, TERMS);
        if (rates === undefined) return;
        assert.ok(
          rates.every((rate) => rate > 0 && Number.isFinite(rate)),
          rates.join(),
        );
        const sum = less.map((each, i) => each + (more[i] ?? 0));
        assert.ok(stageMs(sum, rates) >= stageMs(less, rates));
      }),
    );
  });
});
