import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { runFileText } from "#runs/run-file.ts";
import { syntheticRecord } from "../support/synthetic-record.ts";
import { eventually } from "./driver/eventually.ts";
import { codeCell, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";
import { SideList } from "./driver/side-list.ts";

const STAR = "Which way does the star move?";
const FLASH = "What flashes?";
const CUTS = "merge 25%, prune 4..7".replaceAll(" ", "\u00a0").replace(",\u00a0", ", ");
const FOREIGN = "Does this come from elsewhere?";

describe("the list of runs", () => {
  const window = useWindow({
    prepare: (folder) => {
      writeCells(path.join(folder, "clips.aimnb"), [
        codeCell("a", `%video samples/star-moves.mp4\n${STAR}`),
        codeCell("b", `%video samples/flash-in-the-middle.mp4\n${FLASH}`),
      ]);
      const record = syntheticRecord({ fields: { id: "from-elsewhere", question: FOREIGN, answer: "yes" } });
      writeFileSync(path.join(folder, "shared.aimrun"), runFileText({ record, notebook: "theirs.aimnb" }));
      writeFileSync(path.join(folder, "broken.aimrun"), '{"format":"other"}');
    },
  });
  let runs: SideList;

  it("says what to do where it is empty", async () => {
    const { workbench } = window();
    runs = await SideList.open(workbench, "Runs");
    await runs.welcome.getByText("Open the Tour").waitFor();
    await workbench.screenshot("runs-empty");
  });

  it("keeps every answered question, and says what they take", async () => {
    const { workbench } = window();
    await workbench.openFile("clips.aimnb");
    await workbench.notebook.runAll();
    await eventually(async () =>
      assert.deepEqual(await runs.lines(), [`${FLASH} cross · ${CUTS}`, `${STAR} right · ${CUTS}`]),
    );
    assert.match(await runs.description(), /^2 runs, [\d.]+ KB of 200 MB$/);
    await workbench.screenshot("runs");
  });

  it("takes a run from another machine in, and says what is wrong with what is none", async () => {
    const { workbench } = window();
    await workbench.runCommand("View: Show Explorer");
    await workbench.chooseFromContextMenu(workbench.explorerItem("shared.aimrun"), "Open Run File...");
    await runs.item(FOREIGN).waitFor();
    assert.deepEqual(await runs.lines(), [
      "clips.aimnb 2 runs",
      `${FLASH} cross · ${CUTS}`,
      `${STAR} right · ${CUTS}`,
      "theirs.aimnb 1 run",
      `${FOREIGN} yes · ${CUTS}`,
    ]);
    await workbench.runCommand("View: Show Explorer");
    await workbench.chooseFromContextMenu(workbench.explorerItem("broken.aimrun"), "Open Run File...");
    await workbench.notification("the file does not hold a run: choose a file that AIM exported").waitFor();
    runs = await SideList.open(workbench, "Runs");
  });

  it("renames with F2", async () => {
    const { workbench } = window();
    await runs.item(STAR).click();
    await runs.press("F2");
    const box = workbench.page.locator(".quick-input-widget:visible input.input");
    await box.fill("my run");
    await box.press("Enter");
    await runs.item("my run").waitFor();
    assert.equal(await runs.item(STAR).count(), 0);
  });

  it("pins and unpins", async () => {
    await runs.inline("my run", "Pin");
    await runs.item("my run").locator(".codicon-pinned").first().waitFor();
    assert.match((await runs.item("my run").getAttribute("aria-label")) ?? "", /^pinned, my run, right, /);
  });

  it("deletes all but pinned ones once the user is sure", async () => {
    const { workbench } = window();
    await workbench.runCommand("AIM: Delete All Runs That Are Not Pinned...");
    const dialog = workbench.page.locator(".monaco-dialog-box");
    assert.match((await dialog.textContent()) ?? "", /Delete all 2 runs .*This cannot be undone/);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await eventually(async () => assert.deepEqual(await runs.lines(), [`my run right · ${CUTS}`]));
  });

  it("is there again in the next window", async () => {
    const { workbench } = window();
    await workbench.page.reload(); // the side panel comes back as it was
    await eventually(async () => assert.deepEqual(await runs.lines(), [`my run right · ${CUTS}`]));
  });

  it("deletes with the Delete key", async () => {
    await runs.item("my run").click();
    await runs.press("Delete");
    await runs.welcome.waitFor();
  });
});
