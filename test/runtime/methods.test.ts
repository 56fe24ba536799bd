import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { mergeSteps } from "#core/merge.ts";
import { METHODS, methodOf } from "#core/methods.ts";
import { keptVisualPerLayer, rankedLayers } from "#core/schedule.ts";
import { Engine } from "#runtime/engine.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";

const SAMPLES = path.join(import.meta.dirname, "../../media/samples");

describe("methods, on a picture with row ends and a video", () => {
  let folder = "";
  let engine: Engine;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "aim-"));
    makeCheckpoint(folder, { ...TINY, text: { ...TINY.text, layers: 8 } });
    engine = await Engine.open(folder, { device: "cpu", hasDiskCache: false });
  });
  after(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  const run = (method: (typeof METHODS)[number]["name"]) =>
    engine.ask({
      question: "How many shapes are there?",
      media: [
        { kind: "image", path: path.join(SAMPLES, "four-shapes.jpg") },
        { kind: "video", path: path.join(SAMPLES, "two-arrive.mp4"), frames: 2 },
      ],
      settings: { method, maxTokens: 3 },
    });

  for (const method of METHODS) {
    it(`${method.name} keeps what its settings say, and its record agrees with itself`, async () => {
      const { settings, tokens, visual, cost, notices, merging, media } = await run(method.name);
      assert.deepEqual(notices, []);
      assert.equal(settings.method, method.name);
      const { text, merged, perLayer, encoded } = tokens;
      const kept = keptVisualPerLayer(8, merged, settings.prune);
      assert.deepEqual(
        perLayer.slice(1),
        kept.slice(0, -1).map((count) => text + count),
      );
      assert.deepEqual(visual.importanceLayers, rankedLayers(8, merged, settings.prune));
      assert.equal(cost.exact.stages.ranking > 0, visual.importanceLayers.length > 0);
      assert.equal(cost.exact.stages.merge > 0, settings.merge.retention < 1 && method.name !== "random");

      assert.equal(visual.mergedInto.length, encoded);
      assert.ok(visual.mergedInto.every((token) => token >= -1 && token < visual.count));
      assert.equal(
        visual.mergedInto.some((token) => token < 0),
        method.name === "random",
      );
      const frames = media.flatMap((medium) => medium.frames);
      assert.deepEqual(
        frames.map((_, frame) => merging?.[frame]?.length),
        frames.map(({ rows, columns }) => {
          const isMerged = methodOf(method.name).merger === "similar";
          return isMerged ? mergeSteps(rows * columns, settings.merge.retention).length : 0;
        }),
      );
      for (const [frame, { firstToken, rows, columns }] of frames.entries()) {
        const steps = merging?.[frame] ?? [];
        const groups = new Map<number, number>(); // the token of the LLM that each row after all steps is
        for (let token = 0; steps.length > 0 && token < rows * columns; token++) {
          const row = steps.reduce((at, step) => step.rows[at] ?? -1, token);
          const into = visual.mergedInto[firstToken + token] ?? -1;
          assert.equal(groups.get(row) ?? into, into);
          groups.set(row, into);
        }
        assert.equal(new Set(groups.values()).size, groups.size);
      }
      assert.equal(merging?.length, frames.length);

      const full = await run("full");
      assert.equal(cost.aim.fullTflops, full.cost.aim.tflops);
      assert.ok(cost.aim.tflops <= full.cost.aim.tflops);
    });
  }
});
