import assert from "node:assert/strict";
import path from "node:path";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";

describe("writing a cell in the editor", () => {
  const prepare = (folder: string) =>
    writeCells(path.join(folder, "cells.aimnb"), [
      codeCell("defaults", "%merge 50%"),
      codeCell("question", "%video samples/star-moves.mp4\nWhich way does the star move?"),
    ]);
  const window = useWindow({ prepare });
  const notebook = () => window().workbench.notebook;
  before(async () => await window().workbench.openFile("cells.aimnb"));

  it("completes directives", async () => {
    await notebook().write("star", "%vi");
    assert.equal((await notebook().suggestions())[0], "%video");
  });

  it("completes paths, with those files only that the directive takes", async () => {
    await notebook().write("%vi", "%video samples/");
    const labels = await notebook().suggestions();
    assert.ok(labels.includes("star-moves.mp4"), String(labels));
    assert.ok(!labels.includes("manifest.json"), String(labels));
  });

  it("marks a mistake while it is made, and fixes it", async () => {
    await notebook().write("%video", "%vidoe samples/star-moves.mp4\nWhich way does the star move?");
    await notebook().cell("%vidoe").locator(".squiggly-error").first().waitFor();
    await window().workbench.page.keyboard.press("Control+Home");
    await notebook().fix("Change to %video");
    await notebook().cell("%video samples/star-moves.mp4").waitFor();
    await notebook().cell("star-moves").locator(".squiggly-error").waitFor({ state: "detached" });
  });

  it("says what a directive does", async () => {
    assert.match(await notebook().hover("%merge", "merge"), /the share of each frame's tokens/i);
  });

  it("shows below a cell what holds there, defaults of cells above included", async () => {
    await notebook().cell("star-moves").locator(".cell-statusbar-container", { hasText: "merge 50%" }).waitFor();
  });
});
