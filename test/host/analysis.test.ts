import assert from "node:assert/strict";
import path from "node:path";
import { formatPrune } from "#core/prune-settings.ts";
import type { RunRecord } from "#core/record.ts";
import { recordFromJson } from "#core/record-codec.ts";
import { formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { effectiveCell } from "#notebook/cascade.ts";
import { runOfOutput } from "#notebook/output.ts";
import { tokenPath } from "#webview/ui/key-figures.ts";
import { AnalysisPage } from "./driver/analysis-page.ts";
import { codeCell, readCells, writeCells } from "./driver/notebook-file.ts";
import { useWindow } from "./driver/shared-editor.ts";

const QUESTION = "Which way does the star move?";
const CELL = `%video samples/star-moves.mp4\n%merge 50%\n${QUESTION}`;

describe("the analysis of a run in the editor", () => {
  const window = useWindow({
    prepare: (folder) => writeCells(path.join(folder, "star.aimnb"), [codeCell("star", CELL)]),
  });
  const file = () => path.join(window().workbench.folder, "star.aimnb");
  let record: RunRecord;
  let page: AnalysisPage;

  before("run a cell and open its analysis", async function () {
    this.timeout(120_000);
    const { workbench } = window();
    await workbench.openFile("star.aimnb");
    assert.equal(await workbench.notebook.run(QUESTION), "success");
    await workbench.save();
    record = savedRun();
    await workbench.notebook.answer(QUESTION).getByRole("button", { name: "Open analysis" }).click();
    page = await AnalysisPage.find(workbench.page, "panel", QUESTION);
  });

  function savedRun(): RunRecord {
    const [cell] = readCells(file()).cells;
    const [output] = cell?.cell_type === "code" ? cell.outputs : [];
    assert.ok(output);
    return recordFromJson(runOfOutput(output));
  }

  it("says under the cell what the run saved", async () => {
    const cell = window().workbench.notebook.cell(QUESTION);
    await cell.getByText(`${formatTimes(record.cost.aim.ratio)} fewer FLOPs`).waitFor();
  });

  it("says what was asked, answered, cut and saved, as the record has it", async () => {
    assert.equal(await page.answer.textContent(), record.answer);
    const text = (await page.frame.locator("main").textContent()) ?? "";
    for (const said of [
      tokenPath(record),
      formatTimes(record.cost.exact.ratio),
      formatFlops(record.cost.exact.tflops),
    ]) {
      assert.ok(text.includes(said), said);
    }
  });

  it("reads the attention of a run from the kernel, by token, head and layer", async () => {
    const panel = await page.open("Heatmap");
    await page.choose("Show", "attention");
    const chips = panel.getByRole("group", { name: "Attention from the text token" }).getByRole("radio");
    await chips.first().waitFor();
    assert.ok(await chips.last().isChecked(), "the last token is the default");
    assert.equal(await chips.last().getAttribute("aria-label"), `${record.answer}, answer`);
    const star = panel.getByRole("radio", { name: /^star, question$/ });
    await star.focus();
    await star.check();
    await page.choose("Heads", "head 1");
    const layer = panel.getByRole("slider", { name: "Layer" });
    await layer.focus();
    await layer.press("Home");
    await panel.getByRole("heading", { name: /^Attention of .*star.* at layer 0/ }).waitFor();
    await layer.press("ArrowRight");
    await panel.getByRole("heading", { name: /^Attention of .*star.* at layer 1/ }).waitFor();
    const frames = panel.getByRole("application", { name: /^Tokens of star-moves\.mp4/ });
    await frames.press("ArrowRight");
    const readout = panel.locator(".readout");
    assert.match((await readout.textContent()) ?? "", /rank [\d,]+ of 201/);
    await frames.locator(".frame-picture").nth(3).hover();
    await readout.filter({ hasText: /^3\.3 s/ }).waitFor();
    await window().workbench.screenshot("analysis attention");
  });

  it("writes a schedule back to the cell, which then parses to the same settings", async () => {
    const { workbench } = window();
    const panel = await page.open("Schedule");
    const first = panel.getByRole("slider", { name: "First layer after which visual tokens go" });
    await first.press("ArrowLeft");
    await first.press("ArrowLeft");
    const retention = panel.getByRole("slider", { name: "Retention after merging" });
    await retention.focus();
    const before = await directives();
    await retention.press("ArrowLeft");
    assert.notEqual(await directives(), before);
    const written = await directives();
    await page.button("Write to cell").click();
    await panel.getByText("Written:").waitFor();
    await workbench.saveFile("star.aimnb");
    const source = readCells(file()).cells[0]?.source ?? "";
    assert.equal(source, `%video samples/star-moves.mp4\n${written}\n${QUESTION}`);
    const said = effectiveCell([{ cell_type: "code", source }], 0);
    assert.deepEqual(said.errors, []);
    assert.deepEqual(said.patch.prune, { kind: "linear", firstLayer: 2, lastLayer: 7 });
    assert.ok((said.patch.merge?.retention ?? 1) < 0.5);
    await workbench.screenshot("analysis written back");
  });

  it("runs the cell from there and shows the new run", async () => {
    const { workbench } = window();
    await page.button("Write and run").click();
    await page.frame.locator(".run-header", { hasText: "prune 2..7" }).waitFor();
    await workbench.saveFile("star.aimnb");
    record = savedRun();
    assert.deepEqual(record.settings.prune, { kind: "linear", firstLayer: 2, lastLayer: 7 });
    assert.ok((await page.frame.locator(".run-header").textContent())?.includes(tokenPath(record)));
  });

  async function directives(): Promise<string> {
    return (
      (await page.panel.getByRole("region", { name: "Directives of the plan" }).locator("pre").textContent()) ?? ""
    );
  }

  it("has the record's numbers in every view", async () => {
    const { cost, tokens, visual, settings } = record;
    const merged = new Set(visual.mergedInto).size;
    const numbers: Readonly<Record<string, readonly string[]>> = {
      Overview: [tokenPath(record), formatFlops(cost.exact.tflops), formatFlops(cost.aim.tflops)],
      Heatmap: [`${visual.count} visual tokens enter`],
      Merging: [`${tokens.encoded} patches became ${merged} tokens`],
      Schedule: [formatFlops(cost.exact.tflops), formatTimes(cost.aim.ratio), `%prune ${formatPrune(settings.prune)}`],
      FLOPs: [
        formatFlops(cost.exact.fullTflops),
        formatFlops(cost.exact.stages.prefill),
        formatMs(record.timeMs.prefill),
      ],
    };
    assert.deepEqual(await page.tabs(), Object.keys(numbers));
    for (const [tab, expected] of Object.entries(numbers)) {
      const panel = await page.open(tab);
      for (const number of expected) await panel.getByText(number).first().waitFor({ state: "attached" });
    }
  });

  for (const theme of ["Dark Modern", "Light Modern", "Dark High Contrast"]) {
    it(`draws every view in ${theme}`, async () => {
      const { workbench } = window();
      await workbench.setTheme(theme);
      for (const tab of await page.tabs()) {
        const panel = await page.open(tab);
        await panel.locator("h3").first().waitFor();
        assert.equal(await panel.locator(".error").count(), 0, tab);
        await workbench.page.waitForTimeout(300); // charts are drawn when their width is known
        await workbench.screenshot(`analysis ${tab} ${theme}`);
      }
    });
  }

  it("comes back with its tab when the window is loaded again", async () => {
    const { workbench } = window();
    const tabs = await page.tabs();
    await page.open(tabs.at(-1) ?? "");
    await workbench.reloadWindow();
    page = await AnalysisPage.find(workbench.page, "panel", QUESTION);
    assert.equal(await page.tab(), tabs.at(-1));
    assert.equal(await page.answer.textContent(), record.answer);
  });

  it("follows the selected cell at the side, and opens large from there", async () => {
    const { workbench } = window();
    await workbench.runCommand("View: Show AIM");
    const side = await AnalysisPage.find(workbench.page, "side", "No run is chosen");
    await workbench.notebook.cell(QUESTION).locator(".view-lines").click();
    await AnalysisPage.find(workbench.page, "side", QUESTION);
    assert.equal(await side.answer.textContent(), record.answer);
    await workbench.screenshot("analysis at the side");
  });

  it("compares with full inference in one click", async () => {
    const { workbench } = window();
    await page.button("Compare with full").click();
    const compared = await AnalysisPage.find(workbench.page, "panel", "Settings that differ");
    const outcome = await compared.frame.locator(".compare-outcome").textContent();
    assert.match(outcome ?? "", /^Run 2 used [\d.]+ times fewer FLOPs than run 1/);
    await workbench.screenshot("analysis compared with full");
    await workbench.runCommand("View: Close Editor");
  });

  it("compares runs of the history", async () => {
    const { workbench } = window();
    await page.button("Compare with…").click();
    const box = workbench.page.locator(".quick-input-widget:visible");
    await box.getByRole("checkbox", { name: "Toggle all checkboxes" }).check();
    await box.getByRole("button", { name: "OK" }).click();
    const compared = await AnalysisPage.find(workbench.page, "panel", "Settings that differ");
    assert.equal(await compared.tab(), "Compare");
    await workbench.screenshot("analysis compared");
  });
});
