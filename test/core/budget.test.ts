import assert from "node:assert/strict";
import fc from "fast-check";
import { type BudgetModel, budgetCuts, fitBudget } from "#core/budget.ts";
import type { BudgetTarget } from "#core/budget-target.ts";
import { type Cut, planFromRecord } from "#core/cost/planner.ts";
import { formatPrune, parsePrune } from "#core/prune-settings.ts";
import { exactShare, parseShare } from "#core/share.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";

/** 28 layers, cheap to plan. */
const LAYERS = 28;
const planner = planFromRecord(syntheticRecord({ layers: LAYERS, mergeSteps: [], prune: "off" }));
const model: BudgetModel = {
  layers: LAYERS,
  prune: { kind: "linear", firstLayer: 14, lastLayer: 22 },
  figures: (cut) => {
    const { cost, timeMs } = planner.plan(cut);
    return { tflops: cost.exact.tflops, times: cost.aim.ratio, seconds: timeMs.firstToken / 1000 };
  },
};

const text = ({ retention, prune }: Cut) => `${exactShare(retention)} ${formatPrune(prune)}`;
const CUTS = [...budgetCuts(model)].map(text);
const { tflops, seconds } = model.figures({ retention: 1, prune: "off" });
const hard = model.figures({ retention: 0.005, prune: { kind: "linear", firstLayer: 7, lastLayer: 15 } });

describe("budgetCuts", () => {
  it("merges to a quarter, prunes ever earlier, then merges more", () => {
    assert.deepEqual([CUTS[0], CUTS[75], CUTS[76], CUTS[77]], ["100% off", "25% off", "25% 27..35", "25% 26..34"]);
    assert.equal(CUTS.indexOf("25% 7..15") + 1, CUTS.indexOf("24.5% 7..15"));
    assert.ok(CUTS.includes("12.5% 7..15"));
    assert.equal(CUTS.at(-1), "0.5% 7..15");
  });

  it("can be written into a cell", () => {
    for (const { retention, prune } of budgetCuts(model)) {
      assert.equal(parseShare(exactShare(retention)), retention);
      assert.deepEqual(parsePrune(formatPrune(prune)), prune);
    }
  });

  it("is there for the shallowest models", () => {
    for (const layers of [1, 2, 3]) {
      for (const { prune } of budgetCuts({ layers, prune: { kind: "linear", firstLayer: 0, lastLayer: 1 } })) {
        assert.ok(prune === "off" || (prune.kind === "linear" && prune.firstLayer >= 0 && prune.firstLayer < layers));
      }
    }
  });
});

describe("fitBudget", () => {
  const cutFor = (target: BudgetTarget) => text(fitBudget(target, model).cut);

  it("cuts nothing where nothing need be cut", () => {
    assert.equal(cutFor({ kind: "tflops", value: tflops }), "100% off");
    assert.equal(cutFor({ kind: "times", value: 1 }), "100% off");
    assert.equal(cutFor({ kind: "seconds", value: seconds }), "100% off");
  });

  it("merges no more than it must", () => {
    const { cut, value, isReached } = fitBudget({ kind: "times", value: 2 }, model);
    assert.ok(isReached && value >= 2 && cut.prune === "off" && cut.retention > 0.25);
    const milder = model.figures({ ...cut, retention: cut.retention + 0.01 });
    assert.ok(milder.times < 2);
  });

  it("gives what was found its value", () => {
    const { cut, value } = fitBudget({ kind: "tflops", value: tflops / 1.5 }, model);
    assert.equal(value, model.figures(cut).tflops);
  });

  it("says that a target cannot be reached, and what comes nearest", () => {
    for (const target of [
      { kind: "tflops", value: 0 },
      { kind: "times", value: 1e9 },
      { kind: "seconds", value: 0 },
    ] as const) {
      const { cut, value, isReached } = fitBudget(target, model);
      assert.equal(isReached, false);
      assert.equal(value, hard[target.kind]);
      assert.equal(formatPrune(cut.prune), "7..15");
    }
  });

  it("fits what can be reached, and cuts more for less", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const kinds = fc.constantFrom("tflops", "times", "seconds");
    fc.assert(
      fc.property(kinds, share, share, (kind, a, b) => {
        const [all, least] = [model.figures({ retention: 1, prune: "off" })[kind], hard[kind]];
        const [tight, loose] = [Math.min(a, b), Math.max(a, b)].map((part) => {
          const value = least + (all - least) * part;
          const fit = fitBudget({ kind, value }, model);
          assert.ok(fit.isReached);
          assert.ok(kind === "times" ? fit.value >= value : fit.value <= value);
          return CUTS.indexOf(text(fit.cut));
        });
        assert.ok(tight !== undefined && loose !== undefined && tight >= loose);
      }),
      { numRuns: 30 },
    );
  });
});
