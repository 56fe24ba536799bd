import assert from "node:assert/strict";
import path from "node:path";
import { measuredMachine, measuredStages } from "#core/cost/measured.ts";
import { planFromRecord } from "#core/cost/planner.ts";
import { recordedOperators, recordedRun } from "#core/cost/recorded.ts";
import { STAGES } from "#core/cost/report.ts";
import { rooflineSum } from "#core/cost/roofline.ts";
import type { RunRecord } from "#core/record.ts";
import type { SettingsPatch } from "#core/settings.ts";
import { Engine } from "#runtime/engine.ts";
import type { Query } from "#runtime/query.ts";
import { assertClose } from "../../support/assert-close.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const MEDIA = path.join(import.meta.dirname, "../../../media");
const VIDEO: Query["media"] = [{ kind: "video", path: path.join(MEDIA, "samples/star-moves.mp4") }];
const PICTURE: Query["media"] = [{ kind: "image", path: path.join(MEDIA, "samples/four-shapes.jpg") }];

const OFF: SettingsPatch = { merge: { retention: 1 }, prune: "off" };
const RUNS: readonly (readonly [string, Query["media"], SettingsPatch])[] = [
  ["a video under the preset", VIDEO, {}],
  [
    "a video whose features are cached",
    VIDEO,
    { merge: { retention: 0.1 }, prune: { kind: "linear", firstLayer: 2, lastLayer: 6 } },
  ],
  ["a picture", PICTURE, { prune: { kind: "steps", steps: [{ layer: 3, retention: 0.4 }] } }],
  ["a video and a picture without cuts", [...VIDEO, ...PICTURE], OFF],
  ["text alone", [], {}],
];

const cutOf = ({ settings }: RunRecord) => ({ retention: settings.merge.retention, prune: settings.prune });

describe("planFromRecord", () => {
  const records = new Map<string, RunRecord>();
  const recordOf = (name: string): RunRecord => {
    const record = records.get(name);
    assert.ok(record, name);
    return record;
  };
  before(async () => {
    const engine = await Engine.open(path.join(MEDIA, "demo-model"), { hasDiskCache: false });
    for (const [name, media, settings] of RUNS) {
      records.set(
        name,
        await engine.ask({ question: "What happens?", media, settings: { ...settings, maxTokens: 4 } }),
      );
    }
    await engine.close();
  });

  for (const [name] of RUNS) {
    it(`gives back the tokens and the cost of a run of its own settings: ${name}`, () => {
      const record = recordOf(name);
      const { tokensMerged, perLayer, cost } = planFromRecord(record).plan(cutOf(record));
      assert.equal(tokensMerged, record.tokens.merged);
      assert.deepEqual(perLayer, record.tokens.perLayer);
      assert.deepEqual(cost, record.cost);
    });

    it(`gives back its measured times, apart from what follows the answer: ${name}`, () => {
      const record = recordOf(name);
      const { timeMs } = planFromRecord(record).plan(cutOf(record));
      for (const stage of ["load", "media", "vision", "merge", "prefill", "firstToken", "decode"] as const) {
        assertClose([timeMs[stage]], [record.timeMs[stage]], 1e-6);
      }
    });

    it(`knows its operators: ${name}`, () => {
      const record = recordOf(name);
      const { stages } = record.cost.exact;
      const flops = (stage: string) =>
        recordedOperators(record)
          .filter((row) => row.stage === stage)
          .reduce((sum, row) => sum + row.flops, 0);
      assertClose(
        STAGES.map(flops),
        STAGES.map((stage) => stages[stage] * 1e12),
        { relative: 1e-9 },
      );
    });
  }

  it("plans what another run really does", () => {
    const planned = planFromRecord(recordOf("a video under the preset")).plan(
      cutOf(recordOf("a video whose features are cached")),
    );
    const really = recordOf("a video whose features are cached");
    assert.deepEqual(planned.perLayer, really.tokens.perLayer);
    assert.deepEqual(planned.cost.aim, really.cost.aim);
    assert.equal(planned.cost.exact.stages.prefill, really.cost.exact.stages.prefill);
    assert.equal(planned.cost.exact.stages.merge, really.cost.exact.stages.merge);
    assert.equal(planned.cost.exact.stages.ranking, really.cost.exact.stages.ranking);
  });

  it("reads how many frames went through the vision tower, where its sizes are known", () => {
    const record = syntheticRecord({ frames: 5 });
    assert.equal(recordedRun(record).input.encodedFrames, 5);
    assert.equal(recordedRun(record).input.pooledTokens, 49);
    const { vision: _, ...model } = record.model;
    const old = recordedRun({ ...record, model });
    assert.equal(old.isVisionKnown, false);
    const [tower] = recordedOperators({ ...record, model });
    assert.deepEqual([tower?.operator, tower?.layer], ["vision", null]);
    assertClose([(tower?.flops ?? 0) / 1e12], [record.cost.exact.stages.vision], { relative: 1e-12 });
  });

  it("predicts less time for fewer tokens, and leaves vision as it was", () => {
    const record = syntheticRecord({ mergeSteps: [], prune: "off" });
    const planner = planFromRecord(record);
    const [full, half, cut] = [1, 0.5, 0.1].map((retention) => planner.plan({ retention, prune: "off" }).timeMs);
    assert.ok(full && half && cut);
    assert.ok(full.prefill > half.prefill && half.prefill > cut.prefill);
    assert.ok(full.firstToken > half.firstToken && half.firstToken > cut.firstToken);
    assert.equal(cut.vision, record.timeMs.vision);
  });

  it("keeps the measured times where nothing was measured", () => {
    const record = syntheticRecord();
    const timeMs = { ...record.timeMs, vision: 0, merge: 0, prefill: 0, decode: 0 };
    const { timeMs: predicted } = planFromRecord({ ...record, timeMs }).plan({ retention: 0.1, prune: "off" });
    assert.deepEqual(predicted, timeMs);
    assert.equal(measuredMachine({ ...record, timeMs }), undefined);
  });
});

describe("measuredMachine", () => {
  it("is as slow as it can be without taking longer for a stage than was measured", () => {
    const record = syntheticRecord();
    const machine = measuredMachine(record);
    assert.ok(machine);
    const stages = measuredStages(record);
    assert.deepEqual(
      stages.map(({ stage }) => stage),
      ["vision", "merge", "prefill", "decode"],
    );
    const shares = stages.map(({ operators, seconds }) => rooflineSum(operators, machine).seconds / seconds);
    assert.ok(shares.every((share) => share <= 1 + 1e-12));
    assertClose([Math.max(...shares)], [1], 1e-9);
  });
});
