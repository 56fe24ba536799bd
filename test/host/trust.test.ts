import assert from "node:assert/strict";
import path from "node:path";
import { syntheticRecord } from "../support/synthetic-record.ts";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";

describe("a workspace that is not trusted", () => {
  const record = syntheticRecord({ fields: { question: "What moves?", answer: "a yellow disc" } });
  const window = useWindow({
    settings: { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" },
    prepare: (folder) =>
      writeCells(path.join(folder, "strange.aimnb"), [
        codeCell("run", "%video samples/star-moves.mp4\nWhat moves?", record),
      ]),
  });

  it("opens notebooks with their saved outputs", async () => {
    const { workbench } = window();
    await workbench.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
    await workbench.openFile("strange.aimnb");
    assert.equal(await workbench.notebook.answerText("What moves?"), "a yellow disc");
    await workbench.screenshot("trust");
  });

  it("runs nothing: whoever wants to is asked for trust", async () => {
    const { workbench, server } = window();
    await workbench.page.locator(".notebook-toolbar-container .codicon-notebook-execute-all").click();
    const dialog = workbench.page.locator(".monaco-dialog-box");
    assert.match((await dialog.textContent()) ?? "", /trust/i);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    assert.deepEqual(server.kernels(), []);
  });

  for (const command of ["AIM: Clear Feature Cache", "AIM: Import a Model...", "AIM: Download a Model..."]) {
    it(`starts no kernel for ${command}`, async () => {
      const { workbench, server } = window();
      await workbench.runCommand(command);
      await workbench.notification("not trusted").waitFor();
      assert.deepEqual(server.kernels(), []);
      await workbench.runCommand("Notifications: Clear All Notifications");
    });
  }
});
