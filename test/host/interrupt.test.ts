import assert from "node:assert/strict";
import path from "node:path";
import { codeCell, readCells, savedAnswers, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";
import { SLOW_CELL, SLOW_QUESTION } from "./slow-cell.ts";

describe("stopping a run in the editor", () => {
  const prepare = (folder: string) =>
    writeCells(path.join(folder, "slow.aimnb"), [
      codeCell("slow", SLOW_CELL),
      codeCell("quick", "%image samples/red-things.jpg\nWhat is red?"),
    ]);
  const window = useWindow({ prepare });

  it("ends it quietly, without an error or an answer", async () => {
    const { workbench } = window();
    await workbench.openFile("slow.aimnb");
    const { notebook } = workbench;
    await notebook.start(SLOW_QUESTION);
    await notebook.answer(SLOW_QUESTION).waitFor();
    await notebook.interrupt();
    await notebook.idle();
    assert.equal(await notebook.cell(SLOW_QUESTION).locator(".codicon-notebook-state-error").count(), 0);
    await workbench.save();
    assert.deepEqual(savedAnswers(readCells(path.join(workbench.folder, "slow.aimnb"))), []);
  });

  it("keeps the kernel: the next question goes to the same process", async () => {
    const { workbench, server } = window();
    const before = server.kernels();
    assert.equal(before.length, 1);
    assert.equal(await workbench.notebook.run("What is red?"), "success");
    assert.deepEqual(server.kernels(), before);
  });
});
