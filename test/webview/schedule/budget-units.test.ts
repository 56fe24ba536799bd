import assert from "node:assert/strict";
import { planFromRecord } from "#core/cost/planner.ts";
import {
  BUDGET_UNITS,
  budgetFigures,
  budgetTarget,
  fitText,
  unitLabel,
} from "../../../webview/schedule/budget-units.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

describe("budgetTarget", () => {
  it("reads FLOPs in the unit that suits the run", () => {
    assert.deepEqual(budgetTarget("2", "flops exact", 0.003), { kind: "tflops", value: 0.002 });
    assert.deepEqual(budgetTarget(" 15 ", "flops aim", 99), { kind: "tflops", value: 15 });
    assert.equal(unitLabel("flops exact", 0.003), "GFLOPs, whole run (exact)");
  });

  it("reads times and seconds as they are", () => {
    assert.deepEqual(budgetTarget("7×", "times aim", 99), { kind: "times", value: 7 });
    assert.deepEqual(budgetTarget("0.5", "seconds", 99), { kind: "seconds", value: 0.5 });
  });

  it("takes nothing for a target that is none", () => {
    for (const text of ["", "  ", "0", "-1", "many", "1e999"])
      assert.equal(budgetTarget(text, "seconds", 1), undefined);
  });
});

describe("budgetFigures", () => {
  it("takes FLOPs from the convention that the unit names", () => {
    const plan = planFromRecord(syntheticRecord()).plan({ retention: 0.25, prune: "off" });
    for (const unit of BUDGET_UNITS) {
      const { tflops, ratio } = unit.includes("aim") ? plan.cost.aim : plan.cost.exact;
      assert.deepEqual(budgetFigures(plan, unit), { tflops, times: ratio, seconds: plan.timeMs.firstToken / 1000 });
    }
  });
});

describe("fitText", () => {
  it("says what was done, or that it cannot be", () => {
    const cut = { retention: 0.31, prune: "off" } as const;
    assert.equal(
      fitText({ cut, value: 14.9, isReached: true }, { kind: "tflops", value: 15 }),
      "Fits with merge to 31%, no pruning: 14.9 TFLOPs.",
    );
    const hard = { retention: 1, prune: { kind: "linear", firstLayer: 7, lastLayer: 15 } } as const;
    assert.equal(
      fitText({ cut: hard, value: 8, isReached: false }, { kind: "times", value: 90 }),
      "90× cannot be reached. The nearest is no merging, prune 7..15: 8×.",
    );
  });
});
