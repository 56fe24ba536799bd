import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  installedModel,
  installedModelAt,
  installedModels,
  isModelName,
  removeModel,
} from "#library/installed-models.ts";
import { type ModelPointer, writePointer } from "#library/model-pointer.ts";
import { assertAimError } from "../support/assert-error.ts";
import { environment } from "../support/environment.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("installed models", () => {
  const at = temporaryFolder();
  environment(() => ({ AIM_HOME: at("home") }));

  const pointer: ModelPointer = {
    folder: "0123456789abcdef",
    source: "lab/model",
    revision: "c".repeat(40),
    precision: { vision: "int8", decoder: "q8" },
    importedAt: "2026-01-01T00:00:00.000Z",
  };
  const home = (...parts: string[]) => at("home", "models", ...parts);

  async function install(name: string, changes: Partial<ModelPointer> = {}): Promise<void> {
    const folder = changes.folder ?? pointer.folder;
    mkdirSync(home(name, folder), { recursive: true });
    writeFileSync(home(name, folder, "config.json"), "{}");
    await writePointer(name, { ...pointer, ...changes });
  }
  function edit(name: string, change: (pointer: Record<string, unknown>) => unknown): void {
    const file = home(name, "aim-model.json");
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));
  }

  it("are none where nothing was imported", () => {
    assert.deepEqual(installedModels(), []);
    mkdirSync(home("empty"), { recursive: true });
    writeFileSync(home("notes.txt"), "a file of the user's");
    assert.deepEqual(installedModels(), []);
    assert.equal(installedModel("mine"), undefined);
  });

  it("are found by name, by the folder of their files and by the folder with the pointer", async () => {
    await install("mine");
    const model = { name: "mine", ...pointer, folder: home("mine", pointer.folder) };
    assert.deepEqual(installedModels(), [model]);
    assert.deepEqual(installedModel("mine"), model);
    assert.deepEqual(installedModelAt(home("mine", pointer.folder)), model);
    assert.deepEqual(installedModelAt(home("mine")), model);
    assert.equal(installedModelAt(at()), undefined);
  });

  it("may be files that lie elsewhere", async () => {
    mkdirSync(at("elsewhere"));
    writeFileSync(at("elsewhere", "config.json"), "{}");
    await writePointer("mine", { ...pointer, folder: at("elsewhere") });
    assert.equal(installedModel("mine")?.folder, at("elsewhere"));
    assert.equal(installedModelAt(at("elsewhere"))?.name, "mine");
    removeModel("mine");
    assert.ok(existsSync(at("elsewhere", "config.json")));
  });

  it("keep working when a later version has added to the pointer", async () => {
    await install("mine");
    edit("mine", (json) => ({ ...json, colour: "red" }));
    assert.equal(installedModel("mine")?.source, "lab/model");
  });

  it("say what is wrong with a broken one, and list the others", async () => {
    for (const name of ["cut", "gone", "newer", "outside", "whole", "wrong"]) await install(name);
    writeFileSync(home("cut", "aim-model.json"), '{"format": 1, "na');
    edit("gone", (json) => ({ ...json, folder: "nowhere" }));
    edit("newer", (json) => ({ ...json, format: 2, folder: 7 }));
    edit("outside", (json) => ({ ...json, folder: "../whole" }));
    edit("wrong", (json) => ({ ...json, precision: { vision: "f16", decoder: "q8" } }));
    const found = installedModels().map((model) => [model.name, "problem" in model ? model.problem.code : "fine"]);
    assert.deepEqual(found, [
      ["cut", "invalid-model"],
      ["gone", "invalid-model"],
      ["newer", "unsupported"],
      ["outside", "invalid-model"],
      ["whole", "fine"],
      ["wrong", "invalid-model"],
    ]);
    const newer = { code: "unsupported", message: /format 2, this version reads 1/, hint: /newer version/ } as const;
    assertAimError(() => installedModel("newer"), newer);
    assertAimError(() => installedModel("outside"), { code: "invalid-model", message: /whole/, hint: /import/ });
  });

  it("are removed with all their files", async () => {
    await install("mine");
    removeModel("mine");
    assert.ok(!existsSync(home("mine")));
    for (const name of ["mine", "../mine", ""]) {
      assertAimError(() => removeModel(name), { code: "not-found", message: /no imported model/, hint: /aim models/ });
    }
  });

  it("have names that every system takes for one folder", () => {
    for (const name of ["llava-7b", "LLaVA_1.5", "0"]) assert.ok(isModelName(name), name);
    for (const name of ["", ".hidden", "a/b", "a\\b", "..", "a b", "con", "nul.txt", "end.", "x".repeat(101)]) {
      assert.ok(!isModelName(name), name);
    }
  });
});
