import assert from "node:assert/strict";
import path from "node:path";
import { eventually } from "./driver/eventually.ts";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";
import { SLOW_CELL, SLOW_QUESTION } from "./slow-cell.ts";

describe("a kernel that dies", () => {
  const window = useWindow({
    prepare: (folder) => writeCells(path.join(folder, "slow.aimnb"), [codeCell("slow", SLOW_CELL)]),
  });

  it("ends the cell with what happened and what to do", async () => {
    const { workbench, server } = window();
    await workbench.openFile("slow.aimnb");
    await workbench.notebook.start(SLOW_QUESTION);
    const kernel = await eventually(() => server.kernels()[0] ?? assert.fail("no kernel was started"));
    await workbench.notebook.answer(SLOW_QUESTION).waitFor();
    process.kill(kernel, "SIGKILL");

    assert.equal(await workbench.notebook.outcome(SLOW_QUESTION), "error");
    const shown = workbench.notebook.outputs.locator(".output_container");
    await shown.filter({ hasText: "the kernel was killed (SIGKILL)" }).waitFor();
    assert.match((await shown.textContent()) ?? "", /The next run starts a new kernel/);
    await workbench.screenshot("kernel-death");
  });

  it("is followed by a new one at the next run", async () => {
    const { workbench, server } = window();
    assert.equal(await workbench.notebook.run(SLOW_QUESTION), "success");
    assert.equal(server.kernels().length, 1);
  });
});
