import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { writeNotebook } from "#notebook/file.ts";
import { runAim } from "../support/run-aim.ts";
import { eventually } from "./driver/eventually.ts";
import { readCells, savedAnswers } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";

const QUESTION = "Which way does the star move?";

describe("the Tour in the editor", () => {
  const window = useWindow();
  const file = () => path.join(window().workbench.folder, "tour.aimnb");

  it("gives the answers of the command line", async () => {
    const { workbench } = window();
    await workbench.openFile("tour.aimnb");
    await workbench.notebook.runAll();
    await workbench.save();

    const { out } = await runAim(["run", "media/tour.aimnb", "--json"]);
    const expected = JSON.parse(out).map((run: { answer: string }) => run.answer);
    assert.ok(expected.length > 5);
    assert.deepEqual(savedAnswers(readCells(file())), expected);
  });

  it("shows an answer with its frames", async () => {
    const { notebook } = window().workbench;
    assert.equal(await notebook.answerText(QUESTION), "right");
    const answer = notebook.answer(QUESTION).first();
    assert.equal(await answer.getByRole("region", { name: "Frames of star-moves.mp4" }).count(), 1);
  });

  it("is saved in the one form that the same notebook always has, whatever was edited", async () => {
    const { workbench } = window();
    await workbench.notebook.write(QUESTION, "%video samples/star-moves.mp4\nWhat moves?");
    await workbench.save();

    const saved = readFileSync(file(), "utf8");
    assert.ok(saved.includes("What moves?"));
    assert.equal(saved, writeNotebook(readCells(file())));
  });

  it("shows its outputs again without a kernel", async () => {
    const { workbench, server } = window();
    await workbench.reload();
    assert.equal(await workbench.notebook.answerText(QUESTION), "right");
    await eventually(() => assert.deepEqual(server.kernels(), []));
  });
});
