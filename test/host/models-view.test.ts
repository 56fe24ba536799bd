import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { eventually } from "./driver/eventually.ts";
import { useWindow } from "./driver/shared-editor.ts";
import { SideList } from "./driver/side-list.ts";

describe("the list of models", () => {
  const folders: string[] = [];
  const window = useWindow({
    prepare: (folder) => {
      const models = path.join(folder, "models");
      for (const [name, files] of Object.entries({
        other: { "config.json": '{"model_type":"qwen2_vl"}', "tokenizer.json": "{}", "model.safetensors": "" },
        "llava-half": { "config.json": '{"model_type":"llava_onevision"}' },
      })) {
        mkdirSync(path.join(models, name), { recursive: true });
        for (const [file, text] of Object.entries(files)) writeFileSync(path.join(models, name, file), text);
      }
      const settings = { "aim.modelFolders": [models, path.join(folder, "gone")] };
      mkdirSync(path.join(folder, ".vscode"));
      writeFileSync(path.join(folder, ".vscode/settings.json"), JSON.stringify(settings));
      folders.push(models);
    },
  });
  const settings = () =>
    JSON.parse(readFileSync(path.join(window().workbench.folder, ".vscode/settings.json"), "utf8"));
  let models: SideList;

  it("shows what is installed, with family and size, and why some cannot be used", async () => {
    const { workbench, server } = window();
    models = await SideList.open(workbench, "Models");
    await models.item("gone").waitFor();
    const [demo, ...others] = await models.lines();
    assert.match(demo ?? "", /^demo default · 2(\.\d+)?M · [\d.]+ MB · llava_onevision$/);
    assert.match(others.join("\n"), /^llava-half tokenizer\.json, \*\.safetensors are missing · /m);
    assert.match(others.join("\n"), /^other the architecture qwen2_vl is not supported/m);
    assert.match(others.join("\n"), /^gone there is no checkpoint in this folder$/m);
    assert.deepEqual(server.kernels(), []);
    await workbench.screenshot("models");
  });

  it("takes a folder out of the settings, and deletes nothing", async () => {
    const { workbench } = window();
    await workbench.chooseFromContextMenu(models.item("other"), "Remove from List...");
    const dialog = workbench.page.locator(".monaco-dialog-box");
    assert.match((await dialog.textContent()) ?? "", /Remove .*other.* from the list\?.*No file is deleted/);
    await dialog.getByRole("button", { name: "Remove from List" }).click();
    const left = async () => (await models.lines()).filter((line) => /^(other|llava-half|gone) /.test(line));
    await eventually(async () => assert.equal((await left()).length, 1));
    assert.deepEqual(settings()["aim.modelFolders"], [path.join(workbench.folder, "gone")]);
    assert.ok(readFileSync(path.join(folders[0] ?? "", "other/config.json")));
  });

  it("does not offer to remove the embedded model", async () => {
    const { workbench } = window();
    await models.item("demo").click({ button: "right" });
    await workbench.menuItem("Copy Path").waitFor();
    assert.equal(await workbench.menuItem("Remove").count(), 0);
    await workbench.page.keyboard.press("Escape");
  });
});
