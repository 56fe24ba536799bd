import assert from "node:assert/strict";
import { firstTokenError, medianError, predictionText, prefillError } from "#core/cost/predicted-error.ts";
import { samplesOfRun } from "#core/cost/predicted-samples.ts";
import { NO_SAMPLES, predictStages } from "#core/cost/predicted-stages.ts";
import { mergeGraphRuns, STAGE_TERMS, workOf } from "#core/cost/predicted-work.ts";
import { recordedOperators } from "#core/cost/recorded.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();
const MEDIA = { videos: 1, pictures: 0, pieces: 8, megapixels: 0.8 };
const work = workOf(recordedOperators(record), { media: MEDIA, mergeRuns: 2, decodeSteps: 2 });
const flopsOf = (...stages: readonly (keyof typeof record.cost.exact.stages)[]) =>
  stages.reduce((sum, stage) => sum + 1e3 * record.cost.exact.stages[stage], 0);
const total = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
const near = (a: number | undefined, b: number) =>
  assert.ok(a !== undefined && Math.abs(a / b - 1) < 1e-9, `${a}, not ${b}`);

describe("workOf", () => {
  it("counts every FLOP of convention exact once, by stage", () => {
    near(total(work.vision), flopsOf("vision", "projector", "pooling"));
    near(work.merge[1], flopsOf("merge"));
    const once = total(work.prefill.slice(1)) + total(work.decode.slice(1));
    near(once, flopsOf("prefill", "ranking", "lmHead", "decode"));
    for (const stage of Object.keys(STAGE_TERMS) as (keyof typeof STAGE_TERMS)[]) {
      assert.equal(work[stage].length, STAGE_TERMS[stage].length);
    }
  });

  it("puts the attention of layers that rank tokens apart", () => {
    const { heads, headDim } = record.model.decoder;
    const ranked = record.visual.importanceLayers.map((layer) => record.tokens.perLayer[layer] ?? 0);
    const attention = total(ranked.map((n) => 4 * n * n * heads * headDim)) / 1e9;
    near(work.prefill[3], attention + flopsOf("ranking"));
  });

  it("runs the merge graph once a step for 32 frames of one size", () => {
    assert.equal(mergeGraphRuns(Array(32).fill(196), 0.25), 2);
    assert.equal(mergeGraphRuns([...Array(33).fill(196), 49], 0.25), 2 * 2 + 2);
    assert.equal(mergeGraphRuns([196], 1), 0);
    assert.equal(mergeGraphRuns([], 0.25), 0);
  });
});

describe("predictStages", () => {
  it("says nothing before anything was measured, and gives a run its own times after it", () => {
    assert.equal(predictStages(NO_SAMPLES).run(work), undefined);
    const sample = samplesOfRun(record, MEDIA);
    const samples = Object.fromEntries(Object.entries(sample).map(([stage, each]) => [stage, [each]]));
    const predicted = predictStages({ ...NO_SAMPLES, ...samples }).run(work);
    const { timeMs } = record;
    near(predicted?.media, timeMs.media);
    near(predicted?.vision, timeMs.vision);
    near(predicted?.merge, timeMs.merge);
    near(predicted?.prefill, timeMs.prefill);
    near(predicted?.firstToken, timeMs.firstToken - timeMs.load);
    near(predicted?.decodePerToken, timeMs.decode);
  });

  it("predicts nothing to do as no time, and merging from prefill until it was measured", () => {
    const prefill = [
      {
        work: work.prefill,
        ms: 2 * total(work.prefill.map((each, i) => each * (STAGE_TERMS.prefill[i]?.referenceMs ?? 0))),
      },
    ];
    const predictor = predictStages({ ...NO_SAMPLES, prefill });
    near(
      predictor.stage(work, "merge"),
      2 * total(work.merge.map((each, i) => each * (STAGE_TERMS.merge[i]?.referenceMs ?? 0))),
    );
    assert.equal(predictor.stage(work, "vision"), undefined);
    assert.equal(predictor.stage({ ...work, vision: [0], media: [0, 0, 0, 0] }, "vision"), 0);
    assert.equal(predictor.stage({ ...work, media: [0, 0, 0, 0] }, "media"), 0);
  });
});

describe("the error of a prediction", () => {
  const timeMs = { ...record.timeMs, load: 500, firstToken: 1500, prefill: 400 };
  const predictedMs = { media: 1, vision: 1, merge: 1, prefill: 500, firstToken: 920 };

  it("leaves loading out", () => {
    const run = { ...record, timeMs, predictedMs };
    const error = firstTokenError(run);
    assert.deepEqual([error?.predictedMs, error?.measuredMs], [920, 1000]);
    near(error?.relative, 0.08);
    near(prefillError(run)?.relative, 0.25);
    assert.equal(
      predictionText(run),
      "first token was predicted after 920 ms and came after 1 s without loading (8 % off)",
    );
  });

  it("takes the expectation of a budget of seconds where there is no other", () => {
    const budget = { target: { kind: "seconds", value: 2 }, value: 1.2, isReached: true } as const;
    near(firstTokenError({ ...record, timeMs, budget })?.relative, 0.2);
    assert.equal(
      firstTokenError({ ...record, timeMs, budget: { ...budget, target: { kind: "times", value: 2 } } }),
      undefined,
    );
    assert.equal(predictionText(record), undefined);
  });

  it("has a median", () => {
    const errors = [0.3, 0.1, 0.2].map((relative) => ({ relative }));
    assert.equal(medianError(errors), 0.2);
    near(medianError([...errors, { relative: 0.4 }]), 0.25);
    assert.ok(Number.isNaN(medianError([])));
  });
});
