import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ImportRequest } from "#core/model-import.ts";
import type { Precision } from "#core/precision.ts";
import { installedModel } from "#library/installed-models.ts";
import { openCheckpoint } from "#model/checkpoint.ts";
import { Engine } from "#runtime/engine.ts";
import { type ImportOptions, importModel, planImport } from "#runtime/import/import-model.ts";
import { inspectModel } from "#runtime/inspect.ts";
import { modelFolder } from "#runtime/models.ts";
import { makeCheckpoint } from "../../../tools/checkpoint/make-checkpoint.ts";
import { TINY } from "../../../tools/checkpoint/spec.ts";
import { decoderLogits } from "../../support/decoder-logits.ts";
import { environment } from "../../support/environment.ts";
import { HubServer } from "../../support/hub-server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("importing a model", () => {
  const at = temporaryFolder();
  environment(() => ({ AIM_HOME: at("home"), AIM_CACHE: at("cache"), HF_HUB_CACHE: at("hf") }));
  const home = (...parts: string[]) => at("home", "models", ...parts);
  const UNTRIED = { skipsCheck: true };

  const fromFolder = (precision: Precision, more: Partial<ImportRequest> = {}, options: ImportOptions = UNTRIED) =>
    importModel({ source: at("model"), name: "mine", precision, ...more }, options);

  for (const precision of ["q8", "int8", "q4"] as const) {
    it(`in ${precision} answers like a conversion for the moment, from weights in shards as well`, async () => {
      makeCheckpoint(at("model"), { ...TINY, shards: 3 });
      const { folder } = await fromFolder(precision, {}, {});
      const [imported, lazy] = [
        await decoderLogits(folder, precision, at("cache")),
        await decoderLogits(at("model"), precision, at("cache")),
      ];
      assert.deepEqual(imported, lazy);
      assert.deepEqual((await inspectModel(folder)).problems, []);
    });
  }

  it("keeps 16 bits where the checkpoint has 16, and tied embeddings beside the output layer that was made of them", async () => {
    makeCheckpoint(at("model"), { ...TINY, dtype: "bf16" });
    const { folder } = await fromFolder("q8");
    const [before, after] = [openCheckpoint(at("model")), openCheckpoint(folder)];
    const table = "language_model.model.embed_tokens.weight";
    assert.ok(after.weights.has(`${table}:q8`));
    for (const name of [table, "image_newline", "language_model.model.layers.0.self_attn.q_proj.bias"]) {
      assert.equal(after.weights.entry(name).dtype, "BF16");
      assert.deepEqual(after.weights.readFloat32(name), before.weights.readFloat32(name));
    }
    assert.ok(!after.weights.has("language_model.model.layers.0.mlp.up_proj.weight"));
    assert.equal(after.parameters, before.parameters);
    for (const { weights } of [before, after]) weights.close();
  });

  it("has an output layer of its own where embeddings are not tied", async () => {
    makeCheckpoint(at("model"), { ...TINY, isTied: false });
    const { folder } = await fromFolder("q8");
    assert.deepEqual(
      await decoderLogits(folder, "q8", at("cache")),
      await decoderLogits(at("model"), "q8", at("cache")),
    );
  });

  it("is called by its name in runs, and runs in its own precision or none", async () => {
    makeCheckpoint(at("model"));
    await fromFolder("q4");
    const folder = modelFolder("mine", at());
    const engine = await Engine.open(folder, { hasDiskCache: false });
    assert.deepEqual(engine.precision, { vision: "int8", decoder: "q4" });
    assert.equal(engine.checkpoint.name, "mine");
    const record = await engine.ask({ question: "Why?", media: [], settings: { maxTokens: 2 } });
    assert.deepEqual([record.model.name, record.model.parameters], ["mine", 251_616]);
    await engine.close();
    await assert.rejects(Engine.open(folder, { precision: "q8" }), {
      code: "unsupported",
      message: /imported as q4.*q8/,
    });
    assert.ok(!existsSync(at("cache", "models")), "nothing is converted a second time");
  });

  it("in f32 copies nothing, and auto is f32 then", async () => {
    makeCheckpoint(at("model"));
    const model = await fromFolder("f32");
    assert.equal(model.folder, at("model"));
    assert.deepEqual(readdirSync(home("mine")), ["aim-model.json"]);
    assert.equal(modelFolder("mine", at()), at("model"));
    const engine = await Engine.open(modelFolder("mine", at()), { hasDiskCache: false });
    assert.deepEqual([engine.precision.decoder, engine.checkpoint.name], ["f32", "mine"]);
    await engine.close();
  });

  it("says beforehand what it found and what it would take, and changes nothing", async () => {
    makeCheckpoint(at("model"));
    const plan = await planImport({ source: at("model"), precision: "q8" });
    assert.deepEqual([plan.name, plan.downloadBytes, plan.problem], ["model", 0, undefined]);
    assert.deepEqual(
      [plan.facts.family, plan.facts.parameters, plan.facts.precision],
      ["llava-onevision", 251_616, "q8"],
    );
    assert.ok(!existsSync(home()));
    const { folder } = await importModel({ source: at("model"), precision: "q8" }, UNTRIED);
    const weights = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
    const written = weights.reduce((sum, name) => sum + readFileSync(path.join(folder, name)).length, 0);
    assert.equal(plan.diskBytes, written);
  });

  it("does not take a name that is taken, unless it is told to replace, and then removes the older version", async () => {
    makeCheckpoint(at("model"));
    const { folder } = await fromFolder("q8");
    await assert.rejects(fromFolder("q4"), { code: "invalid-argument", hint: /--replace/ });
    const plan = await planImport({ source: at("model"), name: "mine" });
    assert.match(plan.problem?.hint ?? "", /--replace/);
    const newer = await fromFolder("q4", { replaces: true });
    assert.notEqual(newer.folder, folder);
    assert.deepEqual(readdirSync(home("mine")).sort(), [path.basename(newer.folder), "aim-model.json"].sort());
  });

  it("makes anew what changed since in the files of a model that is imported again", async () => {
    makeCheckpoint(at("model"));
    const { folder } = await fromFolder("q8");
    const file = path.join(folder, "decoder.safetensors");
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged.fill(7, damaged.length - 1000);
    writeFileSync(file, damaged);
    await fromFolder("q8", { replaces: true });
    assert.ok(readFileSync(file).equals(whole));
    writeFileSync(file, whole.subarray(0, whole.length - 1));
    assert.throws(() => openCheckpoint(folder), { code: "invalid-model", message: /decoder\.safetensors/ });
  });

  it("does not open what a newer version made", async () => {
    makeCheckpoint(at("model"));
    const { folder } = await fromFolder("q8");
    const file = path.join(folder, "aim-import.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), format: 2, precision: "fp3" }));
    assert.throws(() => openCheckpoint(folder), { code: "unsupported", message: /format 2, this version reads 1/ });
  });

  it("leaves nothing in place when the trial fails", async () => {
    makeCheckpoint(at("model"));
    const file = readFileSync(at("model", "model.safetensors"));
    file.fill(0, 8 + Number(file.readBigUInt64LE(0)));
    writeFileSync(at("model", "model.safetensors"), file);
    const failure = { code: "invalid-model", message: /self-check failed.*logits/, hint: /another precision/ };
    await assert.rejects(fromFolder("q8", {}, {}), failure);
    assert.ok(!existsSync(home("mine")));
    await assert.rejects(fromFolder("f32", {}, {}), failure);
    assert.equal(installedModel("mine"), undefined);
  });

  it("says what is missing in a folder", async () => {
    makeCheckpoint(at("model"));
    rmSync(at("model", "tokenizer.json"));
    await assert.rejects(planImport({ source: at("model") }), { code: "not-found", message: /tokenizer\.json/ });
    writeFileSync(at("model", "config.json"), '{"model_type": "mystery"}');
    const unknown = { code: "unsupported", message: /mystery/, hint: /llava_onevision/ };
    await assert.rejects(planImport({ source: at("model") }), unknown);
    await assert.rejects(planImport({ source: at("nowhere") }), { code: "not-found", message: /nowhere/ });
    await assert.rejects(planImport({ source: at(), name: "a/b" }), { code: "invalid-argument", hint: /--name/ });
    assert.ok(!existsSync(home("model")));
  });

  it("of one name at a time", async () => {
    makeCheckpoint(at("model"));
    const outcomes = await Promise.allSettled([fromFolder("q8"), fromFolder("q8")]);
    const reasons = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason.message] : []));
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    assert.match(reasons.join(), /is being imported by process|there is a model mine already/);
    assert.ok(installedModel("mine"));
  });

  describe("of a hub", () => {
    const server = new HubServer();
    afterEach(async () => {
      await server.stop();
      server.requests.length = 0;
    });
    const request = (more: Partial<ImportRequest> = {}): ImportRequest => ({
      source: "lab/tiny",
      hubUrl: server.url,
      ...more,
    });
    async function serve(): Promise<void> {
      makeCheckpoint(at("hub", "lab", "tiny"), { ...TINY, shards: 2 });
      await server.start(at("hub"));
    }

    it("downloads it, converts it and removes the download", async () => {
      await serve();
      const plan = await planImport(request({ precision: "q8" }));
      assert.deepEqual([plan.name, plan.facts.family, plan.facts.precision], ["tiny", "llava-onevision", "q8"]);
      assert.ok(plan.downloadBytes > 500_000);
      assert.ok(!existsSync(home()), "planning changes nothing");
      const { folder } = await importModel(request({ precision: "q8" }), UNTRIED);
      const { source, revision } = installedModel("tiny") ?? assert.fail();
      assert.equal(source, "lab/tiny");
      assert.match(revision ?? "", /^[0-9a-f]{40}$/);
      assert.deepEqual(readdirSync(home(".downloads")), []);
      assert.deepEqual(
        await decoderLogits(folder, "q8", at("cache")),
        await decoderLogits(at("hub", "lab", "tiny"), "q8", at("cache")),
      );
    });

    it("keeps the download if asked to", async () => {
      await serve();
      await importModel(request({ precision: "q8" }), { ...UNTRIED, keepsDownload: true });
      assert.equal(readdirSync(home(".downloads")).length, 1);
    });

    it("uses the download itself in f32", async () => {
      await serve();
      const { folder } = await importModel(request({ precision: "f32" }), UNTRIED);
      assert.equal(path.dirname(folder), home("tiny"));
      assert.deepEqual(readdirSync(home(".downloads")), []);
      const before = server.requests.length;
      const again = await importModel(request({ precision: "f32", replaces: true }), UNTRIED);
      assert.equal(again.folder, folder);
      assert.ok(
        !server.requests.slice(before).some(({ url }) => url.includes("safetensors") && !url.includes("index")),
      );
    });

    it("takes it from the Hugging Face cache where that is whole", async () => {
      const commit = "a".repeat(40);
      const cached = at("hf", "models--lab--tiny");
      makeCheckpoint(at("made"));
      mkdirSync(path.join(cached, "refs"), { recursive: true });
      writeFileSync(path.join(cached, "refs", "main"), `${commit}\n`);
      cpSync(at("made"), path.join(cached, "blobs"), { recursive: true });
      mkdirSync(path.join(cached, "snapshots", commit), { recursive: true });
      for (const name of readdirSync(at("made"))) {
        symlinkSync(`../../blobs/${name}`, path.join(cached, "snapshots", commit, name));
      }
      await server.start(at("hub"));
      const { folder } = await importModel(request({ precision: "q8" }), UNTRIED);
      assert.deepEqual(server.requests, []);
      assert.equal(installedModel("tiny")?.revision, commit);
      assert.deepEqual(
        await decoderLogits(folder, "q8", at("cache")),
        await decoderLogits(at("made"), "q8", at("cache")),
      );
    });
  });
});
