import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatParameters, missingFiles, modelFacts, SUPPORTED_TYPES } from "#host/model-facts.ts";
import { listModels } from "#host/model-list.ts";
import { familyOf } from "#model/families.ts";
import { importModel } from "#runtime/import/import-model.ts";
import { describeModel, modelFolder } from "#runtime/models.ts";
import { makeCheckpoint } from "../../tools/checkpoint/make-checkpoint.ts";
import { assertAimError } from "../support/assert-error.ts";
import { environment } from "../support/environment.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const DEMO = path.join(import.meta.dirname, "../../media/demo-model");

describe("modelFacts", () => {
  const at = temporaryFolder();
  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  }
  const weights = { "a.safetensors": "x".repeat(600), "b.safetensors": "x".repeat(400), "tokenizer.json": "{}" };

  it("knows the embedded model as the kernel does", async () => {
    const facts = await modelFacts(DEMO);
    assert.equal(facts.problem, undefined);
    assert.equal(facts.family, "llava_onevision");
    const { parameters } = describeModel(undefined, "");
    assert.ok(Math.abs((facts.parameters ?? 0) / parameters - 1) < 0.03, `${facts.parameters} of ${parameters}`);
  });

  it("supports what the runtime supports", () => {
    assertAimError(() => familyOf({ model_type: "other" }), {
      code: "unsupported",
      message: /other/,
      hint: new RegExp(`: ${SUPPORTED_TYPES.join(", ")}$`),
    });
  });

  it("counts all files, and parameters by the width of a number", async () => {
    for (const [type, expected] of [
      ["float32", 250],
      ["bfloat16", 500],
      ["float8", undefined],
    ] as const) {
      const config = JSON.stringify({ model_type: "llava_onevision", torch_dtype: type });
      write({ ...weights, "config.json": config });
      const facts = await modelFacts(at());
      assert.deepEqual([facts.parameters, facts.sizeBytes, facts.problem], [expected, 1002 + config.length, undefined]);
    }
  });

  it("says what is missing, unsupported or damaged", async () => {
    const problem = async () => (await modelFacts(at())).problem;
    assert.equal(await problem(), "config.json, tokenizer.json, *.safetensors are missing");
    write({ ...weights, "config.json": '{"model_type":"qwen2_vl"}' });
    assert.match((await problem()) ?? "", /^the architecture qwen2_vl is not supported; supported: llava_onevision/);
    for (const broken of ["{", "[]", "{}", '{"model_type":1}']) {
      write({ "config.json": broken });
      assert.match((await problem()) ?? "", /config\.json cannot be read|without model_type/);
    }
    assert.equal((await modelFacts(at("nowhere"))).sizeBytes, 0);
  });

  it("names what a checkpoint lacks", () => {
    assert.deepEqual(missingFiles(["config.json", "x.safetensors"]), ["tokenizer.json"]);
    assert.deepEqual(missingFiles(["tokenizer.json", "x.safetensors.part"]), ["config.json", "*.safetensors"]);
  });

  it("writes parameters as model names have them", () => {
    assert.deepEqual([2_214_304, 893_618_208, 8_030_348_832].map(formatParameters), ["2.21M", "0.894B", "8.03B"]);
  });
});

describe("listModels", () => {
  const at = temporaryFolder();
  environment(() => ({
    AIM_HOME: at("home"),
    AIM_CACHE: at("cache"),
    HF_HUB_CACHE: at("hf"),
    AIM_MODELS: at("folders"),
  }));
  function checkpoint(...parts: string[]): string {
    mkdirSync(at(...parts), { recursive: true });
    writeFileSync(at(...parts, "config.json"), "{}");
    return at(...parts);
  }
  const list = (model: string, ...modelFolders: string[]) =>
    listModels({ model, modelFolders }, "/demo").map(({ name, choice, source, isDefault }) => ({
      name,
      choice,
      source,
      isDefault,
    }));
  const demo = { name: "demo", choice: "demo", source: "embedded", isDefault: false };

  it("begins with the embedded model", () => {
    assert.deepEqual(list("demo"), [{ ...demo, isDefault: true }]);
  });

  it("lists folders that are a checkpoint and folders that hold some; the first of a name has it", () => {
    const [one, two] = [checkpoint("first", "llava"), checkpoint("second", "llava")];
    assert.deepEqual(list("llava", at("first"), two), [
      demo,
      { name: "llava", choice: "llava", source: "folders", isDefault: true },
      { name: "llava", choice: two, source: "folders", isDefault: false },
    ]);
    const byPath = list(one, at("first"), two).map(({ isDefault }) => isDefault);
    assert.deepEqual(byPath, [false, true, false]);
  });

  it("keeps a folder without a checkpoint in the list, so that it can be removed", () => {
    const [, empty] = listModels({ model: "demo", modelFolders: [at("gone")] }, "/demo");
    assert.deepEqual([empty?.name, empty?.isEmpty, empty?.entry], ["gone", true, at("gone")]);
  });

  it("lists what was imported before the folders, as the kernel looks for names", async () => {
    makeCheckpoint(at("folders", "mine"));
    const imported = await importModel(
      { source: at("folders", "mine"), name: "mine", precision: "q4" },
      { skipsCheck: true },
    );
    const found = listModels({ model: "mine", modelFolders: [at("folders")] }, "/demo");
    assert.deepEqual(
      found.map(({ choice, source, precision, folder, isDefault }) => ({
        choice,
        source,
        precision,
        folder,
        isDefault,
      })),
      [
        { choice: "demo", source: "embedded", precision: undefined, folder: "/demo", isDefault: false },
        { choice: "mine", source: "imported", precision: "q4", folder: imported.folder, isDefault: true },
        {
          choice: at("folders", "mine"),
          source: "folders",
          precision: undefined,
          folder: at("folders", "mine"),
          isDefault: false,
        },
      ],
    );
    for (const { choice, folder } of found.slice(1)) assert.equal(modelFolder(choice, at()), folder);
  });

  it("lists a folder once that serves an imported model as it is", async () => {
    makeCheckpoint(at("folders", "mine"));
    await importModel({ source: at("folders", "mine"), precision: "f32" }, { skipsCheck: true });
    assert.deepEqual(list("demo", at("folders")).slice(1), [
      { name: "mine", choice: "mine", source: "imported", isDefault: false },
    ]);
  });

  it("keeps a broken import in the list, with what is wrong", async () => {
    makeCheckpoint(at("gone"));
    await importModel({ source: at("gone"), name: "mine", precision: "f32" }, { skipsCheck: true });
    rmSync(at("gone"), { recursive: true });
    const [, broken] = listModels({ model: "demo", modelFolders: [] }, "/demo");
    assert.deepEqual([broken?.name, broken?.source], ["mine", "imported"]);
    assert.match(broken?.problem ?? "", /is gone/);
  });

  it("ends with the default model if that is a path of its own", () => {
    const folder = checkpoint("elsewhere");
    assert.deepEqual(list(folder).at(-1), { name: "elsewhere", choice: folder, source: "setting", isDefault: true });
    assert.equal(list("no-such-name").length, 1);
  });
});
