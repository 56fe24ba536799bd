import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { planFromRecord } from "#core/cost/planner.ts";
import { recordedOperators } from "#core/cost/recorded.ts";
import { STAGES } from "#core/cost/report.ts";
import { mergeSteps } from "#core/merge.ts";
import { METHODS, type MethodName, methodOf } from "#core/methods.ts";
import { recordFromJson, recordToJson } from "#core/record-codec.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";
import type { MediaReference, SettingsPatch } from "#core/settings.ts";
import { Engine } from "#runtime/engine.ts";
import { inspectModel } from "#runtime/inspect.ts";
import { TINY_LLAVA } from "../../tools/checkpoint/llava-spec.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { assertClose } from "../support/assert-close.ts";

const SAMPLES = path.join(import.meta.dirname, "../../media/samples");
const PICTURE: MediaReference = { kind: "image", path: path.join(SAMPLES, "four-shapes.jpg") };
const OTHER: MediaReference = { kind: "image", path: path.join(SAMPLES, "red-things.jpg") };
const PATCHES = 24 ** 2;
const { layers, hidden } = TINY_LLAVA.text;

describe("LLaVA-1.5, whole runs", () => {
  let folder = "";
  let engine: Engine;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "aim-"));
    makeCheckpoint(folder, TINY_LLAVA);
    engine = await Engine.open(folder, { device: "cpu", hasDiskCache: false, keepsTraces: true });
  });
  after(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  const ask = (settings: SettingsPatch, media: readonly MediaReference[] = [PICTURE]) =>
    engine.ask({ question: "How many shapes are there?", media, settings: { maxTokens: 3, ...settings } });
  const run = (method: MethodName) => ask({ method });

  for (const method of METHODS) {
    it(`${method.name} answers, and its record agrees with itself`, async () => {
      const { settings, tokens, visual, cost, notices, merging, media, model } = await run(method.name);
      assert.deepEqual(notices, []);
      assert.deepEqual(
        media.flatMap(({ frames }) => frames.map(({ rows, columns, firstToken }) => [rows, columns, firstToken])),
        [[24, 24, 0]],
      );
      assert.deepEqual([model.family, model.vision?.metricChannels], ["llava-1.5", TINY_LLAVA.vision.hidden]);
      assert.equal(tokens.encoded, PATCHES);
      const kept = keptVisualPerLayer(layers, tokens.merged, settings.prune);
      assert.deepEqual(
        tokens.perLayer.slice(1),
        kept.slice(0, -1).map((count) => tokens.text + count),
      );
      const isMerged = methodOf(method.name).merger === "similar";
      assert.deepEqual(
        merging?.[0]?.map(({ rows }) => rows.length),
        isMerged ? tokensBefore(settings.merge.retention) : [],
      );
      assert.equal(new Set(visual.mergedInto.filter((token) => token >= 0)).size, tokens.merged);

      // The projector sees what merging left, whatever the method.
      const { hidden: features } = TINY_LLAVA.vision;
      assertClose([cost.exact.stages.projector * 1e12], [2 * tokens.merged * (features * hidden + hidden ** 2)], 1e-3);
      assert.equal(cost.aim.fullTflops, (await run("full")).cost.aim.tflops);
    });
  }

  it("merges a picture to the paper's 252 tokens unless told otherwise, and to its 72", async () => {
    const said = await ask({});
    assert.deepEqual([said.settings.merge.retention, said.tokens.merged], [0.4375, 252]);
    const few = await ask({ merge: { retention: 0.125 } });
    assert.equal(few.tokens.merged, 72);
    assert.deepEqual(
      few.merging?.[0]?.map(({ rows }) => rows.length),
      [576, 288, 144],
    );
  });

  it("leaves a record that can be planned anew, counted operator by operator, and kept", async () => {
    for (const settings of [{}, { method: "full" }, { merge: { retention: 0.125 } }] as const) {
      for (const media of [[], [PICTURE], [PICTURE, OTHER]]) {
        const record = await ask(settings, media);
        const { merge, prune } = record.settings;
        const { cost, tokensMerged, perLayer } = planFromRecord(record).plan({ retention: merge.retention, prune });
        assert.equal(tokensMerged, record.tokens.merged);
        assert.deepEqual(perLayer, record.tokens.perLayer);
        if (settings.method !== "full") assert.deepEqual(cost, record.cost); // others rank otherwise
        const { stages } = record.cost.exact;
        const operators = recordedOperators(record);
        assertClose(
          STAGES.map((stage) => sum(operators.flatMap((row) => (row.stage === stage ? row.flops : [])))),
          STAGES.map((stage) => stages[stage] * 1e12),
          { relative: 1e-9 },
        );
        assert.deepEqual(recordFromJson(recordToJson(record)).model.vision, record.model.vision);
      }
    }
  });

  it("plans what it would take with other settings as it then takes it", async () => {
    const [some, few] = [await ask({}), await ask({ merge: { retention: 0.125 } })];
    const planned = planFromRecord(some).plan({ retention: 0.125, prune: few.settings.prune });
    for (const stage of ["projector", "merge", "prefill", "ranking"] as const) {
      assertClose([planned.cost.exact.stages[stage]], [few.cost.exact.stages[stage]], { relative: 1e-12 });
    }
  });

  it("projects on even when the features of a picture were known", async () => {
    await ask({});
    const { cachedFrames, cost } = await ask({});
    assert.equal(cachedFrames, 1);
    assert.equal(cost.exact.stages.vision, 0);
    assert.ok(cost.exact.stages.projector > 0);
  });

  it("sees several pictures, each merged by itself", async () => {
    const { tokens, merging, media } = await ask({}, [PICTURE, OTHER]);
    assert.deepEqual([tokens.encoded, tokens.merged, merging?.length], [2 * PATCHES, 2 * 252, 2]);
    assert.deepEqual(
      media.map(({ frames }) => frames[0]?.firstToken),
      [0, PATCHES],
    );
    const [one] = [await ask({}, [PICTURE])];
    assert.deepEqual(merging?.[0], one.merging?.[0]);
  });

  it("answers without a picture, and says that it knows no videos", async () => {
    const { tokens, cost } = await ask({}, []);
    assert.deepEqual([tokens.merged, cost.exact.stages.projector], [0, 0]);
    const video: MediaReference = { kind: "video", path: path.join(SAMPLES, "star-moves.mp4") };
    await assert.rejects(ask({}, [video]), { code: "unsupported", message: /cannot be asked about a video/ });
  });

  it("can be asked what a token attended to", async () => {
    const { id, visual } = await ask({});
    const trace = engine.trace(id);
    const token = trace.summary.tokens.findLastIndex(({ role }) => role !== "answer");
    const shares = trace.attention(token, 0); // [heads, visual]
    assert.equal(shares.length, TINY_LLAVA.text.heads * visual.count);
    assert.ok(shares.every((share) => share > 0 && share < 1));
    const asked = trace.summary.tokens.flatMap(({ role, text }) => (role === "question" ? text : []));
    assert.match(asked.join(""), /How.*many.*shapes/);
  });

  for (const precision of ["q8", "int8"] as const) {
    it(`runs in ${precision}, the projector as well`, async () => {
      const { AIM_CACHE } = process.env;
      process.env.AIM_CACHE = path.join(folder, "cache"); // for converted weights
      const converted = await Engine.open(folder, { device: "cpu", precision, hasDiskCache: false });
      try {
        const query = { question: "How many shapes are there?", media: [PICTURE], settings: { maxTokens: 2 } } as const;
        const { tokens, visual, visionPrecision } = await converted.ask(query);
        assert.deepEqual([visionPrecision, tokens.merged], [precision, 252]);
        const { visual: exact } = await ask({ maxTokens: 2 });
        const alike = visual.mergedInto.filter((token, patch) => token === exact.mergedInto[patch]).length;
        assert.ok(alike > PATCHES / 2, `only ${alike} patches became part of the token that they are part of in f32`);
      } finally {
        await converted.close();
        if (AIM_CACHE === undefined) delete process.env.AIM_CACHE;
        else process.env.AIM_CACHE = AIM_CACHE;
      }
    });
  }

  it("is recognised by inspection", async () => {
    const { facts, problems } = await inspectModel(folder);
    assert.deepEqual(problems, []);
    assert.equal(facts.family, "llava-1.5");
    assert.equal(facts.picture, "576 tokens");
    assert.equal(facts["video frame"], undefined);
    assert.match(String(facts.preset), /merge to 43\.75 %/);
  });
});

/** How many tokens of a picture each merging step begins with. */
function tokensBefore(retention: number): number[] {
  const steps = mergeSteps(PATCHES, retention);
  return steps.map((_, step) => PATCHES - sum(steps.slice(0, step)));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
