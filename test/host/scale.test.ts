import assert from "node:assert/strict";
import path from "node:path";
import { syntheticRecord } from "../support/synthetic-record.ts";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";

const CELLS = 200;

describe("a notebook of 200 cells with outputs", () => {
  const question = (index: number) => `Question ${index + 1}: what moves?`;
  const cells = Array.from({ length: CELLS }, (_, index) => {
    const record = syntheticRecord({ fields: { question: question(index), answer: `answer ${index + 1}` } });
    return codeCell(`cell-${index}`, `%video samples/star-moves.mp4\n${question(index)}`, record);
  });
  const window = useWindow({ prepare: (folder) => writeCells(path.join(folder, "large.aimnb"), cells) });

  it("shows the first output as soon as it is open", async () => {
    const { workbench } = window();
    await workbench.openFile("large.aimnb");
    assert.equal(await workbench.notebook.answerText(question(0)), "answer 1");
  });

  it("shows the last output after a jump to the end", async () => {
    const { workbench } = window();
    await workbench.page.keyboard.press("Control+End");
    assert.equal(await workbench.notebook.answerText(question(CELLS - 1)), "answer 200");
  });
});
