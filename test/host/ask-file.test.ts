import assert from "node:assert/strict";
import { useWindow } from "./driver/shared-editor.ts";

describe("asking about a file of the explorer", () => {
  const window = useWindow();
  const question = "Which way does the star move?";

  it("answers a typed question in a notebook beside", async () => {
    const { workbench } = window();
    await workbench.explorerItem("samples").click();
    await workbench.chooseFromContextMenu(workbench.explorerItem("star-moves.mp4"), "Ask AIM about This File...");
    await workbench.pick(question);
    assert.equal(await workbench.notebook.answerText(question), "right");
    assert.match(await workbench.notebook.source(question), /^%video \S+\/samples\/star-moves\.mp4\n/);
  });

  it("offers the question again, and puts the second answer below the first", async () => {
    const { workbench } = window();
    await workbench.chooseFromContextMenu(workbench.explorerItem("circle-turns.mp4"), "Ask AIM about This File...");
    await workbench.pick(question, "");
    const answers = workbench.notebook.answer(question);
    await answers.filter({ hasText: "visual tokens" }).nth(1).waitFor();
    assert.equal(await answers.count(), 2);
  });

  it("is not offered for a file that is neither picture nor video", async () => {
    const { workbench } = window();
    await workbench.explorerItem("manifest.json").click({ button: "right" });
    await workbench.menuItem("Copy Path").waitFor();
    assert.equal(await workbench.menuItem("Ask AIM").count(), 0);
    await workbench.page.keyboard.press("Escape");
  });
});
