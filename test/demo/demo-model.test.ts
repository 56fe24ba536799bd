import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { askItem, type BenchmarkResult, readBenchmark, summarise } from "#runtime/benchmark.ts";
import { Engine } from "#runtime/engine.ts";
import { modelFolder } from "#runtime/models.ts";

const DEMO = path.join(import.meta.dirname, "../fixtures/demo");
/** Where the two likeliest first tokens are closer than this, rounding may choose. */
const NEAR_TIE = 0.02;

const outcome = z.object({
  answer: z.string(),
  tokens_per_layer: z.array(z.number()),
  top5: z.array(z.tuple([z.number(), z.number()])),
});
const expectedSchema = z.object({
  frames: z.number(),
  items: z.array(
    z.object({
      file: z.string(),
      modality: z.enum(["image", "video"]),
      question: z.string(),
      plain: outcome,
      aim: outcome,
    }),
  ),
});
const resultsSchema = z.object({
  settings: z.array(
    z.object({ merge: z.number(), l1: z.number().nullable(), l2: z.number().nullable(), all: z.number() }),
  ),
});

describe("the embedded model", function () {
  this.timeout(600_000);
  let engine: Engine;
  before(async () => {
    engine = await Engine.open(modelFolder(undefined, "."), { hasDiskCache: false });
  });
  after(() => engine.close());

  it("answers about the samples as it does in PyTorch, with the same tokens at every layer", async () => {
    const { frames, items } = expectedSchema.parse(JSON.parse(readFileSync(path.join(DEMO, "expected.json"), "utf8")));
    const different: string[] = [];
    for (const { file, modality, question, ...expected } of items) {
      const media = [
        { kind: modality, path: path.join("media/samples", file), ...(modality === "video" && { frames }) },
      ];
      for (const [name, method] of [
        ["plain", "full"],
        ["aim", "aim"],
      ] as const) {
        const { answer, tokens_per_layer, top5 } = expected[name];
        const record = await engine.ask({ question, media, settings: { method } });
        assert.deepEqual(record.tokens.perLayer, tokens_per_layer, `${file} ${question} ${name}`);
        const [first = 0, second = 0] = top5.map(([, logit]) => logit);
        if (record.answer !== answer && first - second >= NEAR_TIE)
          different.push(`${file} ${question} ${name}: ${record.answer}, expected ${answer}`);
      }
    }
    assert.deepEqual(different, []);
  });

  it("is as right on its benchmark as in PyTorch, with AIM and without", async () => {
    const { settings } = resultsSchema.parse(JSON.parse(readFileSync(path.join(DEMO, "bench-results.json"), "utf8")));
    const items = readBenchmark("media/bench/bench.jsonl");
    const cases = [
      { method: "full", reference: settings.find(({ merge, l1 }) => merge === 1 && l1 === null) },
      { method: "aim", reference: settings.find(({ merge, l1, l2 }) => merge === 0.25 && l1 === 4 && l2 === 7) },
    ] as const;
    const results = new Map<string, BenchmarkResult[]>(cases.map(({ method }) => [method, []]));
    for (const item of items) {
      for (const { method } of cases)
        results
          .get(method)
          ?.push(await askItem(engine, item, { settings: { method }, signal: new AbortController().signal }));
    }
    for (const { method, reference } of cases) {
      const { accuracy } = summarise(results.get(method) ?? []);
      assert.ok(
        Math.abs(accuracy - (reference?.all ?? Number.NaN)) <= 0.02,
        `${method}: ${accuracy}, in PyTorch ${reference?.all}`,
      );
    }
  });
});
