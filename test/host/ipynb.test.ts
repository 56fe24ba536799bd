import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RUN_MIME } from "#notebook/output.ts";
import { useWindow } from "./driver/shared-editor.ts";

describe("a Jupyter notebook with cells in the language of AIM", () => {
  const cell = {
    cell_type: "code",
    execution_count: null,
    metadata: { vscode: { languageId: "aim" } },
    outputs: [],
    source: ["%image samples/red-things.jpg\n", "What is red?"],
  };
  const window = useWindow({
    prepare: (folder) =>
      writeFileSync(
        path.join(folder, "jupyter.ipynb"),
        JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 2 }),
      ),
  });

  it("runs them with the same kernel, and saves the run", async () => {
    const { workbench, server } = window();
    await workbench.openFile("jupyter.ipynb");
    assert.equal(await workbench.notebook.run("What is red?"), "success");
    await workbench.notebook.answer("What is red?").filter({ hasText: "visual tokens" }).waitFor();
    assert.equal(server.kernels().length, 1);

    await workbench.save();
    const saved = JSON.parse(readFileSync(path.join(workbench.folder, "jupyter.ipynb"), "utf8"));
    assert.equal(saved.cells[0].outputs[0].data[RUN_MIME].question, "What is red?");
  });
});
