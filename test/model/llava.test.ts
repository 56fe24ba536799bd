import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { seededRandom } from "#core/random.ts";
import { projectFeatures } from "#core/reference/vision.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { type CompiledGraph, compileDecoder, compileProjector, compileVision, RECIPES } from "#model/compile.ts";
import { PROJECTOR, VISION } from "#model/family.ts";
import { pagerank } from "#model/rankings/pagerank.ts";
import { floats, floatsOf, GraphSession } from "#runtime/session.ts";
import { LLAVA_1_5_7B, TINY_LLAVA } from "../../tools/checkpoint/llava-spec.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { assertClose } from "../support/assert-close.ts";
import { assertAimError } from "../support/assert-error.ts";
import { PlainLlava } from "../support/plain-llava.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Json = Record<string, unknown>;
const CLOSE = { absolute: 1e-4, relative: 1e-4 } as const;
const HIDDEN = TINY_LLAVA.vision.hidden;
/** A grid of 7 x 7, which is enough where a test needs no other. */
const SIDE = 7;
const SMALL = { ...TINY_LLAVA, vision: { ...TINY_LLAVA.vision, imageSizePx: 2 * SIDE } };

describe("LLaVA-1.5", () => {
  const at = temporaryFolder();
  const sessions: GraphSession[] = [];
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));

  const editJson = (name: string, edit: (json: Json) => Json) => {
    const path = at("model", name);
    writeFileSync(path, JSON.stringify(edit(JSON.parse(readFileSync(path, "utf8")))));
  };
  const open = (edit: (json: Json) => Json = (json) => json, spec = TINY_LLAVA) => {
    rmSync(at("model"), { recursive: true, force: true });
    makeCheckpoint(at("model"), spec);
    editJson("config.json", edit);
    return openCheckpoint(at("model"));
  };
  const load = async (graph: CompiledGraph | undefined) => {
    assert.ok(graph);
    const session = await GraphSession.load(graph.bytes, { device: "cpu", folder: graph.folder });
    sessions.push(session);
    return session;
  };
  const pixels = () => {
    const random = seededRandom(3);
    return Float32Array.from({ length: 3 * (2 * SIDE) ** 2 }, () => 2 * random() - 1);
  };

  it("of 7B has the paper's sizes, tokens and settings, though its files leave much out", () => {
    makeCheckpoint(at("7b"), LLAVA_1_5_7B, { isSparse: true });
    const { model, preset, family, stopTokens, weights } = openCheckpoint(at("7b"));
    const { maxPositions, normEpsilon, hasQkvBias, ...decoder } = model.decoder;
    assert.deepEqual([family.id, maxPositions, normEpsilon, hasQkvBias], ["llava-1.5", 4096, 1e-5, false]);
    assert.deepEqual(decoder, {
      ...{ layers: 32, hidden: 4096, intermediate: 11008, heads: 32, kvHeads: 32, headDim: 128 },
      ...{ vocab: 32064, ropeTheta: 10000 },
    });
    const { vision } = model;
    assert.deepEqual([vision.layers, vision.hidden, vision.classTokens, vision.metricChannels], [23, 1024, 1, 1024]);
    assert.deepEqual([vision.activation, vision.normEpsilon, vision.projected], ["quick-gelu", 1e-5, 4096]);
    assert.deepEqual([model.tokensPerCrop, model.placeholders, stopTokens], [576, { image: 32000 }, [2]]);
    assert.deepEqual(
      [preset.merge.retention, preset.prune],
      [0.4375, { kind: "linear", firstLayer: 13, lastLayer: 21 }],
    );
    const graph = compileVision({ ...openCheckpoint(at("7b")) }, RECIPES.f32, at("cache"));
    assert.ok(graph.bytes.length > 0);
    weights.close();
  });

  it("reads tensors by the names of older and of newer files", () => {
    for (const naming of ["classic", "current"] as const) {
      const checkpoint = open(undefined, { ...TINY_LLAVA, naming });
      compileVision(checkpoint, RECIPES.f32, at("cache"));
      compileProjector(checkpoint, RECIPES.f32, at("cache"));
      compileDecoder(checkpoint, RECIPES.f32, at("cache"), pagerank);
      checkpoint.weights.close();
    }
  });

  it("takes what config.json does not say from the reference implementation", () => {
    const { model, weights } = open(({ image_token_index: image, ...json }) => {
      const { vocab_size: vocabulary, model_type: _, ...text } = json.text_config as Json;
      const { model_type: __, ...vision } = json.vision_config as Json;
      for (const name of ["vision_feature_layer", "vision_feature_select_strategy", "projector_hidden_act"])
        delete json[name];
      return { ...json, image_token_id: image, vocab_size: vocabulary, text_config: text, vision_config: vision };
    });
    assert.deepEqual([model.placeholders, model.decoder.vocab, model.vision.layers], [{ image: 512 }, 576, 2]);
    assert.equal(model.vision.projectorActivation, "gelu");
    weights.close();
    assertAimError(() => open(({ text_config: _, vision_config: __, ...json }) => json), {
      code: "invalid-model",
      message: /embed_tokens\.weight has shape \[576, 64\], config\.json demands \[32000, 4096\]/,
      hint: /./,
    });
  });

  it("ends answers with </s> where no file says what ends them", () => {
    open().weights.close();
    rmSync(at("model", "generation_config.json"));
    const { stopTokens, weights } = openCheckpoint(at("model"));
    assert.deepEqual(stopTokens, [2]);
    weights.close();
  });

  it("says what it does not support", () => {
    const fails = (fields: Json, code: "unsupported" | "invalid-model", message: RegExp) =>
      assertAimError(() => open((json) => ({ ...json, ...fields })), { code, message, hint: /./ });
    fails({ vision_feature_layer: [-2, -5] }, "unsupported", /vision_feature_layer \[-2, -5\]/);
    fails({ vision_feature_layer: -9 }, "invalid-model", /vision_feature_layer -9/);
    fails({ vision_feature_select_strategy: "cls" }, "unsupported", /strategy cls/);
    fails({ vision_config: { model_type: "siglip_vision_model" } }, "unsupported", /siglip_vision_model/);
    fails({ text_config: { model_type: "mistral" } }, "invalid-model", /text_config.model_type/);
    fails({ projector_hidden_act: "relu" }, "unsupported", /relu/);
  });

  const towers: readonly (readonly [string, Json, number, number])[] = [
    ["-2, keys of the layer that reads them", {}, 2, 0],
    ["-2, written as a list", { vision_feature_layer: [-2] }, 2, 0],
    ["-1, keys of the last layer", { vision_feature_layer: -1 }, 2, 0],
    ["1, keys of the layer after", { vision_feature_layer: 1 }, 1, 0],
    ["-2, the class token kept", { vision_feature_select_strategy: "full" }, 2, 1],
  ];
  for (const [name, fields, keyLayer, classTokens] of towers) {
    it(`gives the features and keys of the plain tower: layer ${name}`, async () => {
      const checkpoint = open((json) => ({ ...json, ...fields }), SMALL);
      const session = await load(compileVision(checkpoint, RECIPES.f32, at("cache")));
      const { features, keys } = new PlainLlava(checkpoint, keyLayer).encode(pixels());
      const crop = floatsOf(
        await session.run({ [VISION.pixels]: floats(pixels(), [1, 3, 2 * SIDE, 2 * SIDE]) }),
        VISION.crop,
      );
      const { groups } = checkpoint.model.layOutPicture({ base: crop, widthPx: 14, heightPx: 14 });
      assert.deepEqual(
        groups.map(({ rows, columns }) => [rows, columns]),
        [...(classTokens ? [[1, 1]] : []), [SIDE, SIDE]],
      );
      const first = (1 - classTokens) * HIDDEN;
      assert.equal(checkpoint.model.tokensPerCrop, SIDE ** 2 + classTokens);
      assertClose(
        groups.flatMap((group) => [...group.features]),
        features.subarray(first),
        CLOSE,
      );
      assertClose(
        groups.flatMap((group) => [...(group.metric ?? [])]),
        keys.subarray(first),
        CLOSE,
      );
      checkpoint.weights.close();
    });
  }

  for (const hasBias of [true, false]) {
    it(`projects as the plain projector does, ${hasBias ? "with" : "without"} biases`, async () => {
      const checkpoint = open((json) => ({ ...json, multimodal_projector_bias: hasBias }));
      const session = await load(compileProjector(checkpoint, RECIPES.f32, at("cache")));
      const { vision } = new PlainLlava(checkpoint, 2);
      const weights = (name: string) => (hasBias || !name.endsWith(".bias") ? vision.weights(name) : undefined);
      const random = seededRandom(5);
      const tokens = Float32Array.from({ length: 7 * HIDDEN }, () => random() - 0.5);
      const results = await session.run({ [PROJECTOR.tokens]: floats(tokens, [7, HIDDEN]) });
      assertClose(floatsOf(results, PROJECTOR.projected), projectFeatures({ ...vision, weights }, tokens), CLOSE);
      checkpoint.weights.close();
    });
  }

  it("knows no videos", () => {
    const { model, weights } = open();
    assertAimError(() => model.layOutVideo([]), { code: "unsupported", message: /a video/, hint: /./ });
    weights.close();
  });
});
