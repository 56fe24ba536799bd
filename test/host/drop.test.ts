import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";

describe("media that are dropped or pasted into a cell", () => {
  const window = useWindow({
    prepare: (folder) => writeCells(path.join(folder, "drop.aimnb"), [codeCell("question", "What is there?")]),
  });

  it("become a directive above the question", async () => {
    const { workbench } = window();
    await workbench.openFile("drop.aimnb");
    await workbench.explorerItem("samples").click();
    await workbench.dragInto(workbench.explorerItem("red-things.jpg"), workbench.notebook.cell("What is there?"));
    await workbench.notebook.cell("%image").waitFor();
    assert.equal(await workbench.notebook.source("%image"), "%image samples/red-things.jpg\nWhat is there?");
  });

  it("become a directive in a notebook that is not saved yet, too", async () => {
    const { workbench } = window();
    await workbench.runCommand("AIM: New AIM Notebook");
    await workbench.tab("Untitled-1.aimnb").waitFor();
    await workbench.dragInto(workbench.explorerItem("two-rings.jpg"), workbench.notebook.cell(""));
    await workbench.notebook.cell("%image").waitFor();
    assert.equal(await workbench.notebook.source("%image"), "%image samples/two-rings.jpg\n");
  });

  it("are saved beside the notebook first when they lie in the clipboard alone", async () => {
    const { workbench } = window();
    await workbench.openFile("drop.aimnb");
    await workbench.copyPicture();
    await workbench.notebook.cell("What is there?").locator(".view-lines").click();
    await workbench.page.keyboard.press("Control+V");
    await workbench.notebook.cell("image.png").waitFor();
    assert.ok(existsSync(path.join(workbench.folder, "image.png")));
  });
});
