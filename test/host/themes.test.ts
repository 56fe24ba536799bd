import assert from "node:assert/strict";
import path from "node:path";
import { pictured } from "../webview/pictured.ts";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";

const THEMES = [
  ["Dark Modern", "vscode-dark"],
  ["Light Modern", "vscode-light"],
  ["Dark High Contrast", "vscode-high-contrast"],
  ["Light High Contrast", "vscode-high-contrast-light"],
] as const;

describe("outputs in the editor's themes", () => {
  const window = useWindow({
    prepare: async (folder) => {
      const record = await pictured({ fields: { question: "What moves?", answer: "a yellow disc" } });
      const cell = codeCell("run", "%video samples/star-moves.mp4\nWhat moves?", record);
      writeCells(path.join(folder, "run.aimnb"), [cell]);
    },
  });
  before(async () => await window().workbench.openFile("run.aimnb"));

  for (const [theme, kind] of THEMES) {
    it(`follow ${theme}`, async () => {
      const { workbench } = window();
      await workbench.setTheme(theme);
      const body = workbench.notebook.outputs.locator(`body[data-vscode-theme-name="${theme}"]`);
      await body.waitFor({ state: "attached" });
      assert.equal(await body.getAttribute("data-vscode-theme-kind"), kind);
      await workbench.notebook
        .answer("What moves?")
        .getByRole("region", { name: /^Frames of/ })
        .waitFor();
      await workbench.screenshot(`theme ${theme}`);
    });
  }
});
