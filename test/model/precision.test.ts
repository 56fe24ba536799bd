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
import { addOutliers } from "../../tools/checkpoint/outliers.ts";
import { TINY } from "../../tools/checkpoint/spec.ts";
import { assertClose } from "../support/assert-close.ts";
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
    it(`stay close to f32 on weights in ${dtype}, in shards as well as in one file`, async () => {
      makeCheckpoint(at("model"), { ...TINY, dtype, shards: dtype === "f32" ? 1 : 3 });
      const checkpoint = openCheckpoint(at("model"));
      await assertClosePrecisions(checkpoint, await logits(checkpoint, RECIPES.f32));
      checkpoint.weights.close();
    });

    it(`stay as close on weights in ${dtype} whose activations have channels 64 times larger`, async () => {
      makeCheckpoint(at("plain"), { ...TINY, dtype });
      const plain = openCheckpoint(at("plain"));
      const exact = await logits(plain, RECIPES.f32);
      plain.weights.close();
      makeCheckpoint(at("model"), { ...TINY, dtype });
      addOutliers(at("model"), { size: 64, channels: 3, places: ["norms", "down", "heads"] });
      const checkpoint = openCheckpoint(at("model"));
      assertClose(await logits(checkpoint, RECIPES.f32), exact, dtype === "f16" ? 1e-2 : 1e-4);
      await assertClosePrecisions(checkpoint, exact);
      checkpoint.weights.close();
    });
  }

  it("int8 stays close where a norm makes a channel 64 times larger and nothing makes up for it", async () => {
    makeCheckpoint(at("model"), { ...TINY, dtype: "f32" });
    addOutliers(at("model"), { size: 64, channels: 1, places: ["norms"], isCompensated: false });
    const checkpoint = openCheckpoint(at("model"));
    const found = cosine(await logits(checkpoint, RECIPES.int8), await logits(checkpoint, RECIPES.f32));
    checkpoint.weights.close();
    assert.ok(found > 0.99, `${found}`);
  });

  async function assertClosePrecisions(checkpoint: Checkpoint, exact: Float32Array): Promise<void> {
    for (const [precision, least] of [
      ["q8", 0.999],
      ["int8", 0.998],
      ["q4", 0.96],
    ] as const) {
      const found = cosine(await logits(checkpoint, RECIPES[precision]), exact);
      assert.ok(found > least, `${precision} ${found}`);
    }
  }

  it("puts no file in place when a conversion is cancelled", async () => {
    makeCheckpoint(at("model"));
    const checkpoint = openCheckpoint(at("model"));
    const { toConvert } = compileDecoder(checkpoint, RECIPES.q8, at("cache"), pagerank);
    assert.ok(toConvert);
    const controller = new AbortController();
    const running = convert(toConvert, { signal: controller.signal, onProgress: () => controller.abort() });
    await assert.rejects(running, { code: "cancelled" });
    assert.deepEqual(readdirSync(toConvert.folder), [`${toConvert.file}.part`]);
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
