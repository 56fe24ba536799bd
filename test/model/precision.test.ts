import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { seededRandom } from "#core/random.ts";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, RECIPES } from "#model/compile.ts";
import type { Recipe } from "#model/precision/recipe.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { convert } from "#runtime/convert.ts";
import { Generation } from "#runtime/llm.ts";
import { GraphSession } from "#runtime/session.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Cosine of two vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe("precisions", () => {
  const at = temporaryFolder();
  const count = 40;

  async function logits(checkpoint: Checkpoint, recipe: Recipe): Promise<Float32Array> {
    const { bytes, folder, toConvert } = compileDecoder(checkpoint, recipe, at("cache"), pagerank);
    if (toConvert) await convert(toConvert);
    const session = await GraphSession.load(bytes, { device: "cpu", folder });
    const { decoder } = checkpoint.model;
    const random = seededRandom(3);
    const embeddings = Float32Array.from({ length: count * decoder.hidden }, () => random() - 0.5);
    const isText = new Uint8Array(count).fill(1);
    const generation = new Generation(session, decoder);
    const run = await generation.prefill({ embeddings, isText, keepVisual: Array(decoder.layers).fill(count) });
    const result = run.logits.slice();
    await session.close();
    return result;
  }

  for (const dtype of ["f32", "f16", "bf16"] as const) {
    it(`q8 and int8 stay close to f32 on weights in ${dtype}, in shards as well as in one file`, async () => {
      makeCheckpoint(at("model"), { ...TINY, dtype, shards: dtype === "f32" ? 1 : 3 });
      const checkpoint = openCheckpoint(at("model"));
      const exact = await logits(checkpoint, RECIPES.f32);
      assert.ok(cosine(await logits(checkpoint, RECIPES.q8), exact) > 0.999);
      assert.ok(cosine(await logits(checkpoint, RECIPES.int8), exact) > 0.99);
      checkpoint.weights.close();
    });
  }

  it("leaves no converted file when a conversion is cancelled", async () => {
    makeCheckpoint(at("model"));
    const checkpoint = openCheckpoint(at("model"));
    const { toConvert } = compileDecoder(checkpoint, RECIPES.q8, at("cache"), pagerank);
    assert.ok(toConvert);
    const controller = new AbortController();
    const running = convert(toConvert, { signal: controller.signal, onProgress: () => controller.abort() });
    await assert.rejects(running, { code: "cancelled" });
    const files = readdirSync(at("cache"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.deepEqual(files, []);
    await convert(toConvert);
    assert.ok(existsSync(path.join(toConvert.folder, toConvert.file)));
    checkpoint.weights.close();
  });

  it("say what to do when the cache folder cannot be written", async () => {
    makeCheckpoint(at("model"));
    const checkpoint = openCheckpoint(at("model"));
    const { toConvert } = compileDecoder(checkpoint, RECIPES.int8, at("model", "config.json"), pagerank);
    assert.ok(toConvert);
    await assert.rejects(convert(toConvert), { code: "io", hint: /AIM_CACHE/ });
    checkpoint.weights.close();
  });
});
