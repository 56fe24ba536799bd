import assert from "node:assert/strict";
import { A100, ACCELERATORS } from "#core/cost/accelerators.ts";
import { STAGES } from "#core/cost/report.ts";
import type { RunRecord } from "#core/record.ts";
import { layerGroups, layerRows } from "../../../webview/flops/layer-rows.ts";
import { acceleratorsFor, cachedText } from "../../../webview/flops/model.ts";
import { operatorRows } from "../../../webview/flops/operator-rows.ts";
import { CONVENTIONS, type Convention, countedOperators } from "../../../webview/flops/operators.ts";
import { roofPoints } from "../../../webview/flops/roof-points.ts";
import { shareSegments, stageRows, timesText } from "../../../webview/flops/stage-rows.ts";
import { formatSpeed, layerTable, operatorTable, stageTable } from "../../../webview/flops/tables.ts";
import { assertClose } from "../../support/assert-close.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";

const record = syntheticRecord();
const sum = (values: readonly (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
const rowsOf = (run: RunRecord, convention: Convention) =>
  stageRows(run, countedOperators(run, convention, A100), A100);

/** A run that knew the features of all its frames. */
function cached(run: RunRecord): RunRecord {
  const stages = { ...run.cost.exact.stages, vision: 0, projector: 0, pooling: 0 };
  const tflops = sum(Object.values(stages));
  const exact = { ...run.cost.exact, stages, tflops };
  return { ...run, cachedFrames: 8, cost: { ...run.cost, exact }, timeMs: { ...run.timeMs, vision: 0 } };
}

for (const convention of CONVENTIONS) {
  const operators = countedOperators(record, convention, A100);
  const total = record.cost[convention].tflops;

  describe(`FLOPs under convention ${convention}`, () => {
    it("add up to the record's total, by stage and by operator", () => {
      assertClose([sum(rowsOf(record, convention).map(({ flops }) => flops)) / 1e12], [total], { relative: 1e-12 });
      assertClose([sum(operatorRows(operators, A100).map(({ flops }) => flops)) / 1e12], [total], { relative: 1e-12 });
      assertClose([sum(shareSegments(rowsOf(record, convention)).map(({ value }) => value)) / 1e12], [total], {
        relative: 1e-12,
      });
    });

    it("are the record's, layer by layer", () => {
      const layers = layerRows(record, operators, convention);
      const groups = layerGroups(operators, 8);
      const ofLayer = (layer: number) => groups.filter((group) => group.layer === layer).map(({ tflops }) => tflops);
      assertClose(
        layers.map(({ layer }) => sum(ofLayer(layer))),
        layers.map(({ tflops }) => tflops),
        { relative: 1e-12 },
      );
      const ranking = convention === "exact" ? record.cost.exact.stages.ranking : 0;
      assertClose([sum(layers.map(({ tflops }) => tflops)) - ranking], [sum(record.cost[convention].perLayerTflops)], {
        relative: 1e-9,
      });
      const full = sum(layers.map(({ fullTflops }) => fullTflops));
      const { fullTflops, tflops } = record.cost.aim;
      if (convention === "aim")
        assertClose([full], [fullTflops - tflops + sum(layers.map((row) => row.tflops))], { relative: 1e-9 });
      else assert.ok(full > sum(layers.map((row) => row.tflops)));
    });

    it("have measured times that add up to the total", () => {
      assertClose([sum(rowsOf(record, convention).map(({ timeMs }) => timeMs))], [record.timeMs.total], 1e-9);
    });
  });
}

describe("stageRows", () => {
  it("hold the record's stages under exact", () => {
    const rows = rowsOf(record, "exact");
    for (const stage of STAGES) {
      const row = rows.find((each) => each.stage === stage);
      assertClose([(row?.flops ?? 0) / 1e12], [record.cost.exact.stages[stage]], { relative: 1e-12 });
    }
  });

  it("never hide the vision tower, even where it is not counted", () => {
    const vision = rowsOf(record, "aim").find(({ stage }) => stage === "vision");
    assert.deepEqual([vision?.flops, vision?.timeMs], [null, record.timeMs.vision]);
  });

  it("keep a row for the vision tower where its features were known", () => {
    const vision = rowsOf(cached(record), "exact").find(({ stage }) => stage === "vision");
    assert.deepEqual([vision?.label, vision?.flops, vision?.achieved], ["vision tower, cached", 0, null]);
    const labels = shareSegments(rowsOf(cached(record), "exact")).map(({ label }) => label);
    assert.equal(labels[0], "merging");
  });

  it("tell what was reached by the stages that were measured together", () => {
    const { stages } = record.cost.exact;
    const vision = rowsOf(record, "exact").find(({ stage }) => stage === "vision");
    const flops = 1e12 * (stages.vision + stages.projector + stages.pooling);
    assertClose([vision?.achieved ?? 0], [flops / (record.timeMs.vision / 1000)], { relative: 1e-9 });
  });

  it("have a projector that comes after merging beside it", () => {
    const { model } = record;
    assert.ok(model.vision);
    const late = { ...record, model: { ...model, vision: { ...model.vision, metricChannels: 96 } } };
    const rows = rowsOf(late, "exact");
    const names = rows.map(({ stage }) => stage);
    assert.deepEqual(names.slice(names.indexOf("vision"), names.indexOf("prefill")), [
      "vision",
      "pooling",
      "merge",
      "projector",
    ]);
    const [merge, projector] = [names.indexOf("merge"), names.indexOf("projector")].map((row) => rows[row]);
    assert.equal(projector?.timeMs, null);
    assert.match(timesText(late), /that of merging the projector/);
    assert.match(timesText(record), /the vision tower holds its projector and pooling/);
    const flops = (merge?.flops ?? 0) + (projector?.flops ?? 0);
    assertClose([merge?.achieved ?? 0], [flops / (record.timeMs.merge / 1000)], { relative: 1e-9 });
  });

  it("estimate an A100 under aim as the record does", () => {
    assertClose([sum(rowsOf(record, "aim").map(({ rooflineMs }) => rooflineMs))], [record.cost.aim.ms], 1e-9);
  });

  it("leave out what a question without media did not do", () => {
    const none = syntheticRecord({ frames: 0, mergeSteps: [], prune: "off" });
    const timeMs = { ...none.timeMs, media: 0, vision: 0, merge: 0 };
    const labels = rowsOf({ ...none, timeMs }, "exact").map(({ label }) => label);
    assert.deepEqual(labels.slice(0, 2), ["LLM prefill", "LM head"]);
  });
});

describe("operatorRows", () => {
  const rows = operatorRows(countedOperators(record, "exact", A100), A100);

  it("begin with what takes most", () => {
    const flops = rows.map((row) => row.flops);
    assert.deepEqual(
      flops,
      flops.toSorted((a, b) => b - a),
    );
  });

  it("tell one operator of two stages apart", () => {
    const stages = rows.filter(({ operator }) => operator === "qk_matmul").map(({ stage }) => stage);
    assert.deepEqual(stages.toSorted(), ["decode", "prefill", "vision"]);
  });

  it("know no intensity where the sizes of the vision tower are not known", () => {
    const { vision: _, ...model } = record.model;
    const old = { ...record, model };
    const oldRows = operatorRows(countedOperators(old, "exact", A100), A100);
    const tower = oldRows.find(({ stage }) => stage === "vision");
    assert.deepEqual([tower?.operator, tower?.intensity], ["vision", null]);
    const vision = roofPoints(old, countedOperators(old, "exact", A100), A100).filter(({ label }) =>
      /vision/.test(label),
    );
    assert.deepEqual(vision, []);
  });
});

describe("roofPoints", () => {
  it("puts operators on the roof, and stages where they were measured", () => {
    const points = roofPoints(record, countedOperators(record, "exact", A100), A100);
    for (const { kind, intensity, flopsPerSecond } of points) {
      if (kind === "measured") continue;
      const roof = Math.min(A100.flopsPerSecond, intensity * A100.bytesPerSecond);
      assertClose([flopsPerSecond], [roof], { relative: 1e-9 });
    }
    const measured = points.filter(({ kind }) => kind === "measured").map(({ label }) => label);
    assert.deepEqual(measured, ["vision tower", "merging", "LLM prefill", "decoding"]);
  });
});

describe("acceleratorsFor", () => {
  it("puts the run's own machine first, if anything was measured", () => {
    assert.equal(acceleratorsFor(record)[0]?.id, "measured");
    const timeMs = { ...record.timeMs, vision: 0, merge: 0, prefill: 0, decode: 0 };
    assert.deepEqual(acceleratorsFor({ ...record, timeMs }), ACCELERATORS);
  });
});

describe("cachedText", () => {
  it("says what the vision tower would have taken", () => {
    assert.equal(cachedText(record), undefined);
    assert.equal(
      cachedText(cached(record)),
      "Vision tower, cached: 0 now; the features of 8 frames were known already, 1.2 GFLOPs when encoded.",
    );
    const { vision: _, ...model } = record.model;
    assert.match(cachedText({ ...cached(record), model }) ?? "", /not known how much/);
  });
});

describe("tables", () => {
  it("hold numbers as numbers, and show nothing for what is not known", () => {
    const table = stageTable(rowsOf(record, "aim"));
    const shown = (row: number) => table.columns.map(({ format }, i) => format?.(table.rows[row]?.[i] ?? null));
    assert.equal(table.rows[0]?.[0], "reading media");
    assert.equal(shown(0)[1], "");
    assert.equal(shown(0)[3], "28 ms");
    assert.ok(
      operatorTable(operatorRows(countedOperators(record, "exact", A100), A100)).rows.every((row) => row.length === 8),
    );
    assert.deepEqual(layerTable([{ layer: 3, tokens: 9, tflops: 1, fullTflops: 2 }]).rows, [[3, 9, 1, 2]]);
    const known = stageTable(rowsOf(cached(record), "exact"));
    const vision = known.rows.find(([label]) => label === "vision tower, cached");
    assert.deepEqual(
      [1, 2].map((i) => known.columns[i]?.format?.(vision?.[i] ?? null)),
      ["0", "0%"],
    );
    assert.equal(formatSpeed(11.5e9), "11.5 GFLOP/s");
  });
});
