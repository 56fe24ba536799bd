import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { RunRecord } from "#core/record.ts";
import { reduceHeads } from "#webview/heatmap/heads.ts";
import { formatSmall } from "#webview/ui/color-scale.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";
import { analysisPage } from "../analysis/page.ts";
import { syntheticAttention, syntheticTrace } from "../analysis/synthetic-attention.ts";
import { startBrowser } from "../renderer/browser.ts";

const LAYER = 5;
const record = syntheticRecord({ frames: 2 });
const { visual } = record;
const lastToken = syntheticTrace(record).tokens.length - 1;

describe("the heatmap in a browser", () => {
  let browser: Browser;
  let page: Page;

  const open = async (shown: RunRecord, holdsAttention = true) => {
    await page?.close();
    page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    const html = await analysisPage([shown], { theme: "dark", view: "heatmap", holdsAttention });
    await page.route("http://aim.test/", (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.goto("http://aim.test/");
    await page.waitForSelector(".tab-panel > *");
  };
  const goTo = (layer: number) =>
    page.locator(".heatmap .layer-slider input").evaluate((slider: HTMLInputElement, to) => {
      slider.valueAsNumber = to;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }, layer);
  const choose = (label: string, value: string) =>
    page
      .locator(`.heatmap vscode-dropdown[aria-label="${label}"]`)
      .evaluate((element: HTMLElement & { value: string }, chosen) => {
        element.value = chosen;
        element.dispatchEvent(new Event("change", { bubbles: true }));
      }, value);
  const readout = (words: string) => page.locator(".heatmap .readout", { hasText: words }).waitFor();
  /** RGBA of a cell of a frame, as it is drawn. */
  const pixel = (frame: number, cell: number) =>
    page
      .locator(".heatmap canvas.heat")
      .nth(frame)
      .evaluate((canvas: HTMLCanvasElement, at) => {
        const [x, y] = [at % canvas.width, Math.floor(at / canvas.width)];
        return [...(canvas.getContext("2d")?.getImageData(x, y, 1, 1).data ?? [])];
      }, cell);

  before(async () => {
    browser = await startBrowser();
    await open(record);
  });
  after(() => browser.close());

  it("reads the importance of the patch that the keyboard picks", async () => {
    await goTo(LAYER);
    await page.locator(".heatmap .strip").focus();
    const row = visual.importance.subarray(visual.importanceLayers.indexOf(LAYER) * visual.count);
    const cell = [...visual.mergedInto.keys()].find((patch) => {
      return patch < 7 && (visual.lastLayer[visual.mergedInto[patch] ?? -1] ?? 0) >= LAYER;
    });
    assert.ok(cell !== undefined);
    for (let step = 0; step <= cell; step++) await page.keyboard.press("ArrowRight");
    const value = row[visual.mergedInto[cell] ?? -1] ?? Number.NaN;
    await readout(`column ${cell + 1}: importance ${formatSmall(value)}, rank`);
  });

  it("outlines every patch of a token, and nothing once the strip is left", async () => {
    const outline = page.locator(".heatmap .frame").first().locator("path.pointed");
    assert.match((await outline.getAttribute("d")) ?? "", /^M/);
    await page.keyboard.press("Escape");
    assert.equal(await outline.getAttribute("d"), "");
  });

  it("draws every patch of a token alike, and nothing where a token is gone", async () => {
    await page.waitForTimeout(300);
    const gone = visual.mergedInto.findIndex((token) => (visual.lastLayer[token] ?? 0) < LAYER);
    assert.deepEqual((await pixel(Math.floor(gone / 49), gone % 49))[3], 0);
    const token = visual.mergedInto.find((id, patch) => patch < 49 && (visual.lastLayer[id] ?? 0) >= LAYER) ?? -1;
    const patches = [...visual.mergedInto.keys()].filter((patch) => visual.mergedInto[patch] === token);
    const colours = await Promise.all(patches.map((patch) => pixel(0, patch)));
    assert.ok(patches.length > 1 && colours[0]?.[3] === 255);
    for (const colour of colours) assert.deepEqual(colour, colours[0]);
  });

  it("reads the attention of the last token, of another, and of one head", async () => {
    const patch = visual.mergedInto.findIndex((token) => (visual.lastLayer[token] ?? 0) >= LAYER);
    const token = visual.mergedInto[patch] ?? -1;
    const hover = async () => {
      const box = await page.locator(".heatmap .frame-picture").first().boundingBox();
      assert.ok(box);
      const [x, y] = [((patch % 7) + 0.5) / 7, (Math.floor(patch / 7) + 0.5) / 7];
      await page.mouse.move(0, 0);
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    };
    const attentionOf = (from: number, head: number | "mean") => {
      const rows = syntheticAttention(record, { run: record.id, token: from, layer: LAYER });
      const { heads } = record.model.decoder;
      const value = head === "mean" ? reduceHeads(rows, heads).mean[token] : rows[head * visual.count + token];
      return formatSmall(value ?? Number.NaN);
    };
    await choose("Show", "attention");
    await page.locator(".heatmap .chips").waitFor();
    await page.locator("h3", { hasText: "Attention of “right” at layer 5" }).waitFor();
    await hover();
    await readout(`attention probability ${attentionOf(lastToken, "mean")}, rank`);

    await page.locator(".chip", { hasText: "Which" }).click();
    await page.locator("h3", { hasText: "Attention of “Which”" }).waitFor();
    await hover();
    const which = syntheticTrace(record).tokens.findIndex(({ text }) => text === "Which");
    await readout(`attention probability ${attentionOf(which, "mean")}, rank`);

    await choose("Heads", "2");
    await page.locator("h3", { hasText: "head 2" }).waitFor();
    await readout(`attention probability ${attentionOf(which, 2)}, rank`);
  });

  it("is as it was when its window is loaded again", async () => {
    await page.reload();
    await page.locator("h3", { hasText: "Attention of “Which” at layer 5, head 2" }).waitFor();
  });

  it("does not touch the elements of the frames on the way through the layers", async () => {
    await page.evaluate(() => {
      const strip = document.querySelector(".heatmap .strip");
      const seen = new MutationObserver((changes) => {
        const added = changes.filter(({ type }) => type === "childList").length;
        document.body.dataset.added = String(Number(document.body.dataset.added ?? 0) + added);
      });
      if (strip) seen.observe(strip, { subtree: true, childList: true });
      document.body.dataset.added = "0";
    });
    for (const layer of [0, 3, 6, 7]) await goTo(layer);
    await page.locator("h3", { hasText: "at layer 7" }).waitFor();
    assert.equal(await page.locator("body").getAttribute("data-added"), "0");
  });

  it("asks the question again where the kernel has forgotten the run", async () => {
    await open(record, false);
    await choose("Show", "attention");
    await page.getByText("Ask again to read its attention").click();
    await page.getByText("Asking again: encoding frame").waitFor();
    await page.locator("h3", { hasText: "Attention of “right”" }).waitFor();
    const calls = await page.evaluate("aim.calls.map(([name]) => name)");
    assert.deepEqual(calls, ["attentionTrace", "replay"]);
  });

  it("stops asking again, and offers it anew", async () => {
    await open(record, false);
    await choose("Show", "attention");
    await page.getByText("Ask again to read its attention").click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Ask again to read its attention").waitFor();
    assert.equal(await page.locator(".error").count(), 0);
    assert.deepEqual(await page.evaluate("aim.calls.map(([name]) => name)"), ["attentionTrace", "replay", "stop"]);
  });

  it("begins with attention where nothing was ranked, and says why there is no importance", async () => {
    await open(syntheticRecord({ frames: 1, mergeSteps: [], prune: "off" }));
    await page.locator("h3", { hasText: "Attention of" }).waitFor();
    await choose("Show", "importance");
    await page.getByText("This run kept every visual token to the end").waitFor();
  });
});
