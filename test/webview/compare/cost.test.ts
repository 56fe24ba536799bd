import assert from "node:assert/strict";
import { comparedCosts, seeingNote } from "#webview/compare/cost.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

/** As a run is that found all features in the cache. */
function cached(options: Parameters<typeof syntheticRecord>[0] = {}) {
  const record = syntheticRecord(options);
  const { exact, aim } = record.cost;
  const { vision, projector, pooling } = exact.stages;
  const stages = { ...exact.stages, vision: 0, projector: 0, pooling: 0 };
  const tflops = exact.tflops - vision - projector - pooling;
  return { ...record, cachedFrames: 8, cost: { aim, exact: { ...exact, tflops, stages } } };
}
const isNear = (a = Number.NaN, b = Number.NaN) => Math.abs(a - b) <= 1e-9 * Math.abs(b);

describe("comparedCosts", () => {
  it("leave a run that encoded its frames as it is", () => {
    const record = syntheticRecord();
    const [cost] = comparedCosts([record, syntheticRecord({ mergeSteps: [] })]);
    assert.ok(isNear(cost?.tflops, record.cost.exact.tflops));
    assert.deepEqual([cost?.isShared, cost?.isIncomplete], [false, false]);
    const { timeMs } = record;
    assert.ok(isNear((cost?.seeingMs ?? 0) + (cost?.firstTokenMs ?? 0), timeMs.firstToken));
    assert.ok(isNear((cost?.seeingMs ?? 0) + (cost?.restMs ?? 0), timeMs.total));
  });

  it("count the vision tower for every run over the same frames, whichever ran first", () => {
    const whole = syntheticRecord({ mergeSteps: [24] });
    for (const records of [
      [whole, cached()],
      [cached(), whole],
    ]) {
      const costs = comparedCosts(records);
      const found = costs[records.findIndex(({ cachedFrames }) => cachedFrames > 0)];
      assert.ok(isNear(found?.tflops, syntheticRecord().cost.exact.tflops));
      assert.deepEqual([found?.isShared, found?.isIncomplete], [true, false]);
      assert.match(seeingNote(costs) ?? "", /share the features/);
    }
  });

  it("do not share a projector that comes after merging", () => {
    const late = (record: ReturnType<typeof syntheticRecord>) => {
      const { vision } = record.model;
      assert.ok(vision);
      return { ...record, model: { ...record.model, vision: { ...vision, metricChannels: 96 } } };
    };
    const record = late(syntheticRecord());
    const [cost] = comparedCosts([record]);
    const { vision, pooling } = record.cost.exact.stages;
    assert.ok(isNear(cost?.seeingTflops, vision + pooling));
    assert.ok(isNear(cost?.tflops, record.cost.exact.tflops));
  });

  it("share nothing between different frames", () => {
    const costs = comparedCosts([syntheticRecord({ frames: 4 }), cached()]);
    assert.deepEqual(
      costs.map(({ isShared }) => isShared),
      [false, false],
    );
    assert.match(seeingNote(costs) ?? "", /lack a part of the vision tower/);
  });

  it("say where the vision tower is counted for none", () => {
    const costs = comparedCosts([cached(), cached({ mergeSteps: [] })]);
    assert.deepEqual(
      costs.map(({ seeingTflops }) => seeingTflops),
      [0, 0],
    );
    assert.match(seeingNote(costs) ?? "", /ran in none of these runs/);
    assert.equal(seeingNote(comparedCosts([syntheticRecord()])), undefined);
  });
});
