import assert from "node:assert/strict";
import path from "node:path";
import { budgetCuts, fitBudget } from "#core/budget.ts";
import { parseBudget } from "#core/budget-target.ts";
import { planFromRecord } from "#core/cost/planner.ts";
import type { ProgressStage } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import type { MediaReference, SettingsPatch } from "#core/settings.ts";
import { Engine } from "#runtime/engine.ts";
import { modelFolder } from "#runtime/models.ts";

const SAMPLES = path.join(import.meta.dirname, "../../../media/samples");
const VIDEO: MediaReference = { kind: "video", path: path.join(SAMPLES, "star-moves.mp4"), frames: 8 };
const PICTURE: MediaReference = { kind: "image", path: path.join(SAMPLES, "four-shapes.jpg") };
const LINEAR = { kind: "linear", firstLayer: 4, lastLayer: 7 } as const;
const CUTS = [...budgetCuts({ layers: 8, prune: LINEAR })];

describe("a question with a budget", () => {
  let engine: Engine;
  const stages = new Set<ProgressStage>();
  before(async () => {
    engine = await Engine.open(modelFolder(undefined, "."), { device: "cpu", hasDiskCache: false });
  });
  after(() => engine.close());

  const ask = (settings: SettingsPatch, media: readonly MediaReference[] = [VIDEO]): Promise<RunRecord> => {
    const onProgress = (stage: ProgressStage) => stages.add(stage);
    return engine.ask(
      { question: "Which way does it move?", media, settings: { maxTokens: 2, ...settings } },
      { onProgress },
    );
  };
  const cutOf = ({ settings: { merge, prune } }: RunRecord) => ({ retention: merge.retention, prune });

  it("has at least so many times fewer FLOPs, or at most so many, as its record tells them", async () => {
    for (const text of ["2x", "7x", "12x", "0.5G", "200M"]) {
      for (const media of [[VIDEO], [PICTURE, VIDEO]]) {
        const target = parseBudget(text);
        const { budget, cost, settings } = await ask({ budget: target }, media);
        assert.ok(budget?.isReached, text);
        const { ratio, tflops } = cost.aim;
        assert.equal(budget.value, target.kind === "times" ? ratio : tflops);
        assert.ok(
          target.kind === "times" ? ratio >= target.value : tflops <= target.value,
          `${text}: ${ratio}, ${tflops}`,
        );
        assert.equal(settings.method, "aim");
      }
    }
  });

  it("is cut as mildly as the planner of a full run finds", async () => {
    const full = await ask({ method: "full" });
    const planner = planFromRecord(full);
    const figures = (cut: Parameters<typeof planner.plan>[0]) => {
      const { cost, timeMs } = planner.plan(cut);
      return { tflops: cost.aim.tflops, times: cost.aim.ratio, seconds: timeMs.firstToken / 1000 };
    };
    let before = -1;
    for (const text of ["1x", "1.5x", "3x", "7x", "15x"]) {
      const target = parseBudget(text);
      const { cut } = fitBudget(target, { layers: 8, prune: LINEAR, figures });
      const record = await ask({ budget: target });
      assert.deepEqual(cutOf(record), cut);
      const index = CUTS.findIndex((each) => JSON.stringify(each) === JSON.stringify(cut));
      assert.ok(index >= before, text);
      before = index;
    }
  });

  it("keeps how tokens are merged", async () => {
    const { settings } = await ask({ budget: parseBudget("7x"), merge: { order: "spatial", weighting: "size" } });
    assert.deepEqual([settings.merge.order, settings.merge.weighting], ["spatial", "size"]);
    assert.ok(settings.merge.retention < 1);
  });

  it("measures the machine before the first seconds, once, and says that these cannot be met", async () => {
    assert.ok(!stages.has("calibrate"));
    const { budget, notices, settings } = await ask({ budget: parseBudget("0.001s") });
    assert.ok(stages.delete("calibrate"));
    assert.equal(budget?.isReached, false);
    assert.ok(budget.value > 0.001);
    assert.match(notices.join("\n"), /measured first, which took .*not counted/);
    assert.match(
      notices.join("\n"),
      /budget of 1 ms to the first token cannot be met: with merge [\d.]+%, prune 2\.\.5.* ms to the first token/,
    );
    assert.deepEqual(settings.prune, { kind: "linear", firstLayer: 2, lastLayer: 5 });
    const again = await ask({ budget: parseBudget("0.001s") });
    assert.ok(!stages.has("calibrate"));
    assert.equal(again.notices.length, 1);
  });

  it("cuts nothing where there is time", async () => {
    const record = await ask({ budget: parseBudget("600s") });
    assert.deepEqual(cutOf(record), { retention: 1, prune: "off" });
    assert.deepEqual([record.budget?.isReached, record.notices], [true, []]);
    assert.ok((record.budget?.value ?? 0) > 0);
  });

  it("is cut until its prompt fits the context", async () => {
    const { tokens, budget } = await ask({ budget: parseBudget("1x") }, [{ ...VIDEO, frames: 64 }]);
    assert.ok(budget?.isReached && (tokens.perLayer[0] ?? 0) <= 1024 - 2);
    assert.ok(tokens.merged < tokens.encoded && tokens.merged > 0.2 * tokens.encoded);
  });

  it("has nothing to cut without media", async () => {
    const { budget, notices } = await ask({ budget: parseBudget("2x") }, []);
    assert.deepEqual([budget?.isReached, budget?.value], [false, 1]);
    assert.match(notices.join(), /cannot be met/);
  });

  it("is refused beside cuts of its own", async () => {
    await assert.rejects(ask({ budget: parseBudget("2x"), prune: "off" }), /budget and prune contradict/);
    await assert.rejects(ask({ budget: parseBudget("2x"), method: "fastv" }), /method aim, got fastv/);
  });

  it("tells what every run was expected to take once one was measured", async () => {
    const fresh = await Engine.open(modelFolder(undefined, "."), { device: "cpu", hasDiskCache: false });
    const question = { question: "Which way?", media: [PICTURE], settings: { maxTokens: 2 } };
    const first = await fresh.ask(question);
    assert.equal(first.predictedMs, undefined);
    fresh.forget();
    const second = await fresh.ask(question);
    assert.ok(second.predictedMs);
    const { media, vision, merge, prefill, firstToken } = second.predictedMs;
    assert.ok(media > 0 && vision > 0 && merge > 0 && prefill > 0 && firstToken >= media + vision + merge + prefill);
    const third = await fresh.ask(question);
    assert.deepEqual([third.predictedMs?.media, third.predictedMs?.vision], [0, 0]);
    for (const method of ["full", "fastv", "random", "downsample"] as const) {
      const { predictedMs } = await fresh.ask({ ...question, settings: { method, maxTokens: 2 } });
      assert.ok(predictedMs && predictedMs.prefill > 0, method);
    }
    await fresh.close();
  });
});
