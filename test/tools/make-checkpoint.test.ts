import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readJsonFile } from "#model/json-file.ts";
import { findNonFinite } from "#model/non-finite.ts";
import { readSafetensorsHeader } from "#model/safetensors.ts";
import { openWeights, type Weights } from "#model/weights.ts";
import { listTensors } from "../../tools/checkpoint/list-tensors.ts";
import { LLAVA_1_5_7B, TINY_LLAVA } from "../../tools/checkpoint/llava-spec.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { type CheckpointSpec, LLAVA_ONEVISION_0_5B, LLAVA_ONEVISION_7B, TINY } from "../../tools/checkpoint/spec.ts";
import { weightBytes } from "../../tools/checkpoint/write-weights.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT = path.join(import.meta.dirname, "../..");

/** The demo model's sizes. */
const DEMO: CheckpointSpec = {
  ...TINY,
  text: { layers: 8, hidden: 128, heads: 4, kvHeads: 2, intermediate: 384, vocabulary: 720, maxPositions: 1024 },
  vision: { layers: 3, hidden: 96, heads: 4, intermediate: 256, imageSizePx: 84, patchSizePx: 6 },
  pinpoints: [],
};

describe("makeCheckpoint", () => {
  const inFolder = temporaryFolder();
  let opened: Weights[] = [];
  const make = (spec: CheckpointSpec, name = "checkpoint") => {
    makeCheckpoint(inFolder(name), spec);
    const weights = openWeights(inFolder(name));
    opened.push(weights);
    return weights;
  };
  afterEach(() => {
    for (const weights of opened) weights.close();
    opened = [];
  });

  it("gives tensors the names, shapes and dtype of a checkpoint that transformers wrote", () => {
    makeCheckpoint(inFolder("demo"), DEMO);
    const facts = (file: string) =>
      [...readSafetensorsHeader(file)].map(([name, { dtype, shape }]) => `${name} ${dtype} ${shape}`).sort();
    assert.deepEqual(
      facts(inFolder("demo", "model.safetensors")),
      facts(path.join(ROOT, "media/demo-model/model.safetensors")),
    );
  });

  it("says of the demo model's sizes what the demo model's config.json says", () => {
    makeCheckpoint(inFolder("demo"), DEMO);
    const made = JSON.stringify(readJsonFile(inFolder("demo"), "config.json"));
    const real = JSON.stringify(readJsonFile(path.join(ROOT, "media/demo-model"), "config.json"));
    const facts = (json: string) =>
      (json.match(/"\w+":(?:[^,{}[\]]+|\[\])/g) ?? [])
        .filter((fact) => !/version|dropout|range|window|cache/.test(fact))
        .sort();
    assert.deepEqual(facts(made), facts(real));
  });

  it("knows the names that newer transformers write", () => {
    const names = new Set(make({ ...TINY, naming: "current", isTied: false }).names());
    for (const name of [
      "model.language_model.embed_tokens.weight",
      "model.language_model.layers.3.self_attn.q_proj.bias",
      "model.language_model.norm.weight",
      "lm_head.weight",
      "model.vision_tower.vision_model.encoder.layers.1.mlp.fc1.weight",
      "model.multi_modal_projector.linear_2.bias",
      "model.image_newline",
    ]) {
      assert.ok(names.has(name), name);
    }
  });

  it("stores the output layer unless it is tied", () => {
    assert.equal(make(TINY, "tied").has("language_model.lm_head.weight"), false);
    const weights = make({ ...TINY, isTied: false }, "untied");
    assert.deepEqual(weights.matrixShape("language_model.lm_head.weight"), [720, 64]);
  });

  it("draws weights around 0 and sets norm weights to 1", async () => {
    for (const [dtype, std] of [
      ["f16", 0.1],
      ["bf16", 0.02],
      ["f32", 0.5],
    ] as const) {
      const weights = make({ ...TINY, dtype, std }, dtype);
      const values = weights.readFloat32("language_model.model.embed_tokens.weight");
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      assert.ok(Math.abs(mean) < std / 50, `mean ${mean}`);
      assert.ok(Math.abs(deviation / std - 1) < 0.02, `deviation ${deviation} of ${std}`);
      assert.deepEqual(weights.readFloat32("language_model.model.norm.weight"), new Float32Array(64).fill(1));
      assert.equal(await findNonFinite(weights), undefined);
    }
  });

  it("gives every row of a matrix, and every tensor, other values", () => {
    const weights = make({ ...TINY, text: { ...TINY.text, vocabulary: 5000 } });
    const rows = weights.readFloat32("language_model.model.embed_tokens.weight");
    const starts = Array.from({ length: 5000 }, (_, row) => rows.slice(row * 64, row * 64 + 4).join());
    assert.equal(new Set(starts).size, 5000);
    const firsts = [0, 1, 2, 3].map(
      (i) => weights.readFloat32(`language_model.model.layers.${i}.mlp.up_proj.weight`)[0],
    );
    assert.equal(new Set(firsts).size, 4);
  });

  it("gives equal files for equal specs, and other weights for another seed", () => {
    const read = (name: string, spec: CheckpointSpec) => {
      makeCheckpoint(inFolder(name), spec);
      return readFileSync(inFolder(name, "model.safetensors"));
    };
    const first = read("first", TINY);
    assert.ok(read("same", TINY).equals(first));
    assert.ok(!read("other", { ...TINY, seed: 2 }).equals(first));
  });

  it("spreads the same weights over shards, none of them empty", () => {
    const whole = make(TINY, "whole");
    for (const shards of [2, 3, listTensors(TINY).length]) {
      const split = make({ ...TINY, shards }, `shards-${shards}`);
      const files = readdirSync(inFolder(`shards-${shards}`)).filter((name) => name.endsWith(".safetensors"));
      assert.equal(files.length, shards);
      for (const file of files) assert.ok(readSafetensorsHeader(inFolder(`shards-${shards}`, file)).size > 0);
      assert.deepEqual([...split.names()], [...whole.names()]);
      for (const name of whole.names()) assert.deepEqual(split.readFloat32(name), whole.readFloat32(name));
    }
    const sizes = [1, 2, 3].map(
      (i) => readFileSync(inFolder("shards-3", `model-0000${i}-of-00003.safetensors`)).length,
    );
    assert.ok(Math.max(...sizes) < 2 * Math.min(...sizes), `${sizes}`);
  });

  it("has the sizes of the real models", () => {
    const parameters = (spec: CheckpointSpec) => weightBytes(spec) / 2;
    // The authors' checkpoints have 893,618,208 and 8,030,348,832; the conversion to transformers added 64 tokens.
    assert.equal(parameters(LLAVA_ONEVISION_0_5B), 893_618_208 + 64 * 896);
    assert.equal(parameters(LLAVA_ONEVISION_7B), 8_030_348_832 + 2 * 64 * 3584);
    assert.equal(LLAVA_ONEVISION_7B.pinpoints.length, 36);
    assert.deepEqual(LLAVA_ONEVISION_7B.pinpoints.slice(0, 2), [
      [384, 384],
      [384, 768],
    ]);
    assert.deepEqual(LLAVA_ONEVISION_7B.pinpoints.at(-1), [2304, 2304]);
  });

  it("makes LLaVA-1.5, too, in its real size and by the names that transformers gives its tensors", () => {
    // 6,738,415,616 of Vicuna-7B with 64 tokens more, 303,507,456 of CLIP's tower, 20,979,712 of the projector.
    assert.equal(weightBytes(LLAVA_1_5_7B) / 2, 6_738_415_616 + 2 * 64 * 4096 + 303_507_456 + 20_979_712);
    const older = make(TINY_LLAVA, "older");
    for (const name of [
      "language_model.lm_head.weight",
      "language_model.model.layers.3.self_attn.q_proj.weight",
      "multi_modal_projector.linear_1.bias",
      "vision_tower.vision_model.embeddings.class_embedding",
      "vision_tower.vision_model.pre_layrnorm.weight",
      "vision_tower.vision_model.encoder.layers.2.self_attn.k_proj.bias",
    ]) {
      assert.ok(older.has(name), name);
    }
    assert.ok(!older.has("language_model.model.layers.3.self_attn.q_proj.bias"));
    assert.ok(!older.has("vision_tower.vision_model.embeddings.patch_embedding.bias"));
    const positions = "vision_tower.vision_model.embeddings.position_embedding.weight";
    assert.deepEqual(older.matrixShape(positions), [577, 48]);
    const newer = make({ ...TINY_LLAVA, naming: "current" }, "newer");
    assert.ok(newer.has("model.vision_tower.vision_model.pre_layrnorm.weight") && newer.has("lm_head.weight"));
  });

  it("writes everything but the weights on request", () => {
    makeCheckpoint(inFolder("config"), LLAVA_ONEVISION_7B, { configOnly: true });
    const files = readdirSync(inFolder("config"));
    for (const name of ["config.json", "tokenizer.json", "preprocessor_config.json", "generation_config.json"]) {
      assert.ok(files.includes(name), name);
    }
    assert.deepEqual(
      files.filter((name) => /safetensors/.test(name)),
      [],
    );
  });

  it("refuses a folder in use and specs that cannot be", () => {
    writeFileSync(inFolder("notes.txt"), "");
    assert.throws(() => makeCheckpoint(inFolder(), TINY), {
      code: "invalid-argument",
      message: /is not empty, it has notes\.txt/,
    });
    const impossible: [CheckpointSpec, RegExp][] = [
      [{ ...TINY, text: { ...TINY.text, heads: 5, kvHeads: 1 } }, /5 heads do not divide 64/],
      [{ ...TINY, text: { ...TINY.text, kvHeads: 3 } }, /3 key-value heads do not divide 4/],
      [{ ...TINY, text: { ...TINY.text, vocabulary: 717 } }, /vocabulary of 717 lacks token 717/],
      [{ ...TINY_LLAVA, text: { ...TINY_LLAVA.text, vocabulary: 400 } }, /vocabulary of 400 is below \d+/],
      [{ ...TINY, vision: { ...TINY.vision, heads: 5 } }, /5 heads do not divide 48/],
      [{ ...TINY, shards: 0 }, /0 shards/],
      [{ ...TINY, shards: 1000 }, /1000 shards of \d+ tensors/],
    ];
    for (const [spec, message] of impossible) {
      assert.throws(() => makeCheckpoint(inFolder("new"), spec), { code: "invalid-argument", message });
    }
  });
});

describe("make-checkpoint", () => {
  const inFolder = temporaryFolder();
  const node = ["--import", "tsx", path.join(ROOT, "tools/make-checkpoint.ts")];

  it("makes a checkpoint from the command line", () => {
    const options = ["--shape", "tiny", "--out", inFolder("tiny"), "--dtype", "f32", "--shards", "2", "--seed", "7"];
    assert.match(
      execFileSync(process.execPath, [...node, ...options], { cwd: ROOT, encoding: "utf8" }),
      /tiny: 1\.0 MB/,
    );
    const weights = openWeights(inFolder("tiny"));
    assert.equal(weights.entry("image_newline").dtype, "F32");
    weights.close();
    assert.ok(readdirSync(inFolder("tiny")).includes("model-00002-of-00002.safetensors"));
  });

  it("says what is wrong with an option and fails", () => {
    const options = ["--shape", "huge", "--out", inFolder("huge")];
    const { status, stderr } = spawnSync(process.execPath, [...node, ...options], { cwd: ROOT, encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /unknown shape, got "huge" \(choose one of tiny, 0\.5b, 7b, llava-tiny, llava-7b\)/);
  });
});
