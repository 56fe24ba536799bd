import assert from "node:assert/strict";
import fc from "fast-check";
import { planFromRecord } from "#core/cost/planner.ts";
import type { PruneSettings } from "#core/prune-settings.ts";
import {
  directivesOf,
  firstCut,
  fullPlan,
  layerTable,
  layerTokens,
  planFigures,
  planTable,
  presetOf,
  reductionOf,
  tokenScale,
  withFirstLayer,
  withLastLayer,
} from "../../../webview/schedule/model.ts";
import { presetsFor } from "../../../webview/schedule/presets.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();
const planner = planFromRecord(record);
const full = fullPlan(planner);
const other = syntheticRecord({ mergeSteps: [], prune: "off" });

describe("firstCut", () => {
  it("is what the run did, or the paper's default for a run of another method", () => {
    assert.deepEqual(firstCut(record), { retention: 0.25, prune: record.settings.prune });
    assert.equal(other.settings.method, "full");
    assert.deepEqual(firstCut(other), { retention: 0.25, prune: { kind: "linear", firstLayer: 4, lastLayer: 6 } });
  });
});

describe("presetOf", () => {
  const presets = presetsFor(8);
  it("finds the run, a preset, or neither", () => {
    assert.equal(presetOf(firstCut(record), record, presets), "run");
    const [, second] = presets;
    assert.ok(second);
    assert.equal(presetOf(second.cut, record, presets), second.id);
    assert.equal(presetOf({ retention: 0.33, prune: "off" }, record, presets), "own");
    assert.equal(presetOf(firstCut(other), other, presets), presets[0]?.id);
  });
});

describe("directivesOf", () => {
  const cut = { retention: 0.125, prune: { kind: "linear", firstLayer: 2, lastLayer: 6 } } as const;

  it("says merge and prune, and the method where the run had another", () => {
    assert.deepEqual(directivesOf(reductionOf(cut, record), record), ["%merge 12.5%", "%prune 2..6"]);
    assert.deepEqual(directivesOf(reductionOf(cut, other), other), ["%method aim", "%merge 12.5%", "%prune 2..6"]);
  });

  it("keeps the run's order and weighting", () => {
    const merge = { retention: 0.5, order: "spatial", weighting: "size" } as const;
    const run = { ...record, settings: { ...record.settings, merge } };
    assert.equal(directivesOf(reductionOf(cut, run), run)[0], "%merge 12.5% order=spatial weighting=size");
  });
});

describe("withFirstLayer and withLastLayer", () => {
  it("give a schedule that fits the model, whatever is dragged", () => {
    const prune: fc.Arbitrary<PruneSettings | "off"> = fc.oneof(
      fc.constant("off" as const),
      fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 9 })).map(([firstLayer, span]) => ({
        kind: "linear" as const,
        firstLayer,
        lastLayer: firstLayer + span,
      })),
    );
    fc.assert(
      fc.property(prune, fc.integer({ min: -5, max: 30 }), (before, layer) => {
        for (const move of [withFirstLayer, withLastLayer]) {
          const after = move(before, 8, layer);
          assert.ok(after.kind === "linear" && after.firstLayer >= 0);
          assert.ok(after.firstLayer < 8 && after.firstLayer < after.lastLayer);
        }
      }),
    );
  });

  it("push the other along instead of crossing it", () => {
    const prune = { kind: "linear", firstLayer: 2, lastLayer: 4 } as const;
    assert.deepEqual(withFirstLayer(prune, 8, 5), { kind: "linear", firstLayer: 5, lastLayer: 6 });
    assert.deepEqual(withLastLayer(prune, 8, 1), { kind: "linear", firstLayer: 0, lastLayer: 1 });
    assert.deepEqual(withLastLayer(prune, 8, 99), { kind: "linear", firstLayer: 2, lastLayer: 12 });
  });
});

describe("layerTokens", () => {
  it("sets the run's tokens beside the plan's", () => {
    const plan = planner.plan({ retention: 1, prune: "off" });
    const rows = layerTokens(record, plan);
    assert.deepEqual(
      rows.map(({ text, runVisual }) => text + runVisual),
      record.tokens.perLayer,
    );
    assert.ok(rows.every((row) => row.plan === 15 + 393));
    assert.deepEqual(layerTable(rows).rows[0], [0, 408, 120, 15]);
  });

  it("are drawn on a scale that holds them, and is at most twice as high as need be", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 408 }), (plan) => {
        const rows = [{ layer: 0, text: 1, runVisual: 0, plan }];
        const top = tokenScale(rows, 408);
        assert.ok(top >= plan && (top === 408 || top < 2 * plan));
      }),
    );
  });
});

describe("planFigures and planTable", () => {
  it("hold the run's own numbers where the plan is the run", () => {
    const plan = planner.plan(firstCut(record));
    const [tokens, exact, aim, time] = planFigures(plan, full, record);
    assert.equal(tokens?.value, "393 → 105");
    assert.deepEqual([exact?.value, exact?.detail], ["1.99× fewer", "as many as in this run"]);
    assert.deepEqual([aim?.value, aim?.detail], ["6.87× fewer", "as many as in this run"]);
    assert.equal(time?.value, "189 ms");
    const [planned, run] = planTable(plan, full, record).rows;
    assert.deepEqual(planned?.slice(1, 6), run?.slice(1, 6));
    assert.equal(run?.[3], record.cost.exact.tflops);
    assert.equal(run?.[7], record.timeMs.firstToken);
  });

  it("say how many times fewer, or as many, as in the run", () => {
    const [, exact] = planFigures(planner.plan({ retention: 0.1, prune: "off" }), full, record);
    assert.match(exact?.detail ?? "", /fewer than this run|as many as this run/);
    const [, most] = planFigures(full, full, record);
    assert.deepEqual([most?.value, most?.detail], ["1×", "1.99× as many as this run"]);
  });
});
