import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { openCheckpoint } from "#model/checkpoint.ts";
import { compileDecoder, compileVision, RECIPES } from "#model/compile.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { LLAVA_ONEVISION_0_5B, LLAVA_ONEVISION_7B, TINY } from "../../tools/checkpoint/spec.ts";
import { assertAimError } from "../support/assert-error.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Json = Record<string, unknown>;

describe("openCheckpoint", () => {
  const at = temporaryFolder();
  const editJson = (name: string, edit: (json: Json) => Json) => {
    const path = at("model", name);
    writeFileSync(path, JSON.stringify(edit(JSON.parse(readFileSync(path, "utf8")))));
  };
  const fails = (edit: (json: Json) => Json, code: "invalid-model" | "unsupported", message: RegExp, hint = /./) => {
    makeCheckpoint(at("model"));
    editJson("config.json", edit);
    const open = () => {
      const checkpoint = openCheckpoint(at("model"));
      compileVision(checkpoint, RECIPES.f32, at("cache"));
      compileDecoder(checkpoint, RECIPES.f32, at("cache"), pagerank);
    };
    assertAimError(open, { code, message, hint });
    rmSync(at("model"), { recursive: true });
  };

  it("reads a folder in the Hugging Face layout, as older and newer versions write it", () => {
    for (const naming of ["classic", "current"] as const) {
      makeCheckpoint(at(naming), { ...TINY, naming, isTied: naming === "classic", shards: 2 });
      const { model, family, preset, stopTokens, weights } = openCheckpoint(at(naming));
      assert.equal(family.id, "llava-onevision");
      assert.equal(model.decoder.headDim, 16);
      assert.deepEqual(model.placeholders, { image: 716, video: 717 });
      assert.deepEqual(stopTokens, [715, 713]);
      assert.deepEqual(preset.prune, { kind: "linear", firstLayer: 2, lastLayer: 3 });
      assert.ok(weights.has(model.decoderNames.lmHead));
      weights.close();
    }
  });

  it("names what is missing, too large for the weights, or unknown", () => {
    fails(
      (json) => ({ ...json, model_type: "qwen9" }),
      "unsupported",
      /unknown architecture.*qwen9/,
      /llava_onevision/,
    );
    fails(({ model_type: _, ...json }) => json, "unsupported", /unknown architecture.*null/);
    fails(({ vision_config: _, ...json }) => json, "invalid-model", /vision_config/);
    fails(
      (json) => ({ ...json, text_config: { ...(json.text_config as Json), hidden_size: -1 } }),
      "invalid-model",
      /hidden_size/,
    );
    fails(
      (json) => ({ ...json, text_config: { ...(json.text_config as Json), intermediate_size: 96 } }),
      "invalid-model",
      /mlp.* has shape \[128, 64\].*\[96, 64\]/,
    );
    fails(
      (json) => ({ ...json, text_config: { ...(json.text_config as Json), num_hidden_layers: 5 } }),
      "invalid-model",
      /no tensor .*layers\.4/,
    );
    fails(
      (json) => ({ ...json, text_config: { ...(json.text_config as Json), rope_scaling: { type: "yarn" } } }),
      "unsupported",
      /rope_scaling/,
    );
    fails(
      (json) => ({ ...json, vision_feature_select_strategy: "default" }),
      "unsupported",
      /vision_feature_select_strategy/,
    );
  });

  it("takes the preset from aim.json where there is one", () => {
    makeCheckpoint(at("model"));
    writeFileSync(at("model", "aim.json"), JSON.stringify({ frames: 4, merge: 0.5, prune: [1, 3] }));
    const { preset, weights } = openCheckpoint(at("model"));
    assert.equal(preset.frames, 4);
    assert.equal(preset.merge.retention, 0.5);
    assert.deepEqual(preset.prune, { kind: "linear", firstLayer: 1, lastLayer: 3 });
    weights.close();
  });
});

describe("compiling models of true size", () => {
  const at = temporaryFolder();
  const shapes = { "0.5B": LLAVA_ONEVISION_0_5B, "7B": LLAVA_ONEVISION_7B };

  for (const [name, spec] of Object.entries(shapes)) {
    it(`builds the graphs of the ${name} without reading its weights`, function () {
      this.timeout(120_000);
      makeCheckpoint(at("model"), spec, { isSparse: true });
      const checkpoint = openCheckpoint(at("model"));
      const parameters = checkpoint.weights.parameterCount();
      for (const recipe of Object.values(RECIPES)) {
        const vision = compileVision(checkpoint, recipe, at("cache"));
        const decoder = compileDecoder(checkpoint, recipe, at("cache"), pagerank);
        assert.ok(decoder.bytes.length < 2 ** 21, `${recipe.name}: ${decoder.bytes.length} bytes`);
        const converted = (vision.toConvert?.sizeBytes ?? 0) + (decoder.toConvert?.sizeBytes ?? 0);
        // The embedding table is read by rows, so that an untied one is not converted; all else is a byte or half a byte a weight, and its scales.
        const least = recipe.name === "q4" ? 0.55 : 0.85;
        if (!recipe.isInPlace)
          assert.ok(
            converted > least * parameters && converted < 1.15 * parameters,
            `${recipe.name}: ${converted} of ${parameters}`,
          );
      }
      checkpoint.weights.close();
    });
  }
});
