import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { comparisonToJson } from "#core/comparison.ts";
import { compactRecord, recordToJson } from "#core/record-codec.ts";
import { RUN_MIME } from "#notebook/output.ts";
import { type SyntheticOptions, syntheticRecord } from "../../support/synthetic-record.ts";
import { startBrowser } from "./browser.ts";
import { rendererPage } from "./page.ts";

const MOST_BYTES = 68_000;
const HOSTILE = '<img src=x onerror="globalThis.isBroken = true"><script>globalThis.isBroken = true</script>';

const runOf = (options: SyntheticOptions = {}) => compactRecord(syntheticRecord(options));
const liveOf = (answer: string) => ({ kind: "live", question: "q", answer, stage: "decode", done: 1, total: 0 });

describe("the bundled renderer", () => {
  it("is small and holds no chart library", async () => {
    const script = await readFile("dist/renderer.js", "utf8");
    assert.ok(script.length < MOST_BYTES, `${script.length} bytes`);
    assert.ok(!/className:"plot|d3-|observablehq/i.test(script));
    assert.ok(!/\beval\(|new Function\(/.test(script));
  });
});

describe("the renderer in a browser", () => {
  let browser: Browser;
  let page: Page;
  const show = (id: string, mime: string, value: unknown) =>
    page.evaluate(`aim.show(${JSON.stringify(id)}, ${JSON.stringify(mime)}, ${JSON.stringify(value)})`);
  const output = (id: string) => page.locator(`#${id}`);

  before(async () => {
    browser = await startBrowser();
    page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    const html = await rendererPage({ theme: "dark", outputs: [] });
    await page.route("http://aim.test/", (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.goto("http://aim.test/");
    await page.waitForSelector("body[data-ready]");
  });
  after(() => browser.close());

  it("keeps the elements while a run goes on and ends", async () => {
    await show("a", RUN_MIME, liveOf("ri"));
    await page.evaluate("globalThis.kept = document.querySelector('#a .answer')");
    assert.equal(await output("a").getByRole("progressbar").getAttribute("aria-valuetext"), "answering");
    await show("a", RUN_MIME, liveOf("righ"));
    assert.equal(await output("a").locator(".answer").textContent(), "righ");
    await show("a", RUN_MIME, runOf());
    assert.equal(await output("a").locator(".answer").textContent(), "right");
    assert.ok(await page.evaluate("kept === document.querySelector('#a .answer') && kept.isConnected"));
    assert.equal(await output("a").getByRole("progressbar").count(), 0);
  });

  it("shows texts as texts", async () => {
    const fields = { answer: HOSTILE, question: HOSTILE, notices: [HOSTILE] };
    await show("b", RUN_MIME, runOf({ fields }));
    await show("c", RUN_MIME, { ...liveOf(HOSTILE), question: HOSTILE });
    for (const id of ["b", "c"]) {
      assert.equal(await output(id).locator(".answer").textContent(), HOSTILE);
      assert.equal(await output(id).locator("article").getAttribute("aria-label"), `Answer to: ${HOSTILE}`);
      assert.equal(await output(id).locator("script, img[onerror]").count(), 0);
    }
    assert.equal(await page.evaluate("globalThis.isBroken"), undefined);
  });

  it("moves through the layers by keyboard, and stays there when it is rendered again", async () => {
    await show("d", RUN_MIME, runOf());
    const status = output("d").locator(".status");
    assert.equal(await status.textContent(), "Layer 6: 35 of 105 visual tokens enter");
    await output("d").getByRole("slider", { name: "Layer" }).press("ArrowLeft");
    assert.equal(await status.textContent(), "Layer 5: 70 of 105 visual tokens enter");
    await show("d", RUN_MIME, runOf({ fields: { peakRssMb: 1 } }));
    assert.equal(await status.textContent(), "Layer 5: 70 of 105 visual tokens enter");
    assert.equal(await output("a").locator(".status").textContent(), "Layer 6: 35 of 105 visual tokens enter");
  });

  it("draws frames without moving what is under them", async () => {
    await show("e", RUN_MIME, runOf({ frames: 96, side: 2, mergeSteps: [] }));
    const strip = output("e").locator(".film-strip");
    const heightBefore = (await output("e").boundingBox())?.height;
    await strip.scrollIntoViewIfNeeded();
    await strip.locator(".frame").first().waitFor();
    assert.equal((await output("e").boundingBox())?.height, heightBefore);
    const first = await strip.locator(".frame").count();
    await strip.evaluate((element) => element.scrollTo({ left: 1e6 }));
    await strip.locator(".frame").nth(47).waitFor();
    assert.ok(first < 48);
    await output("e").getByRole("button", { name: "Show all 96" }).click();
    assert.equal(await strip.locator(".frame").count(), 96);
  });

  it("shows an error and the plain answer for what it cannot read", async () => {
    await show("f", RUN_MIME, { version: 99, answer: "left" });
    assert.equal(await output("f").locator(".answer").textContent(), "left");
    assert.match((await output("f").getByRole("note").textContent()) ?? "", /version must be 1/);
    await show("g", RUN_MIME, "{");
    assert.match((await output("g").getByRole("note").textContent()) ?? "", /not JSON.*run the cell again/);
  });

  it("does without frames where there are none", async () => {
    const { visual, tokens, ...record } = syntheticRecord({ mergeSteps: [], prune: "off" });
    const empty = { ...visual, count: 0, mergedInto: new Int32Array(0), lastLayer: new Int16Array(0) };
    const textOnly = { ...record, media: [], visual: empty, tokens: { ...tokens, encoded: 0, merged: 0 } };
    await show("h", RUN_MIME, compactRecord(textOnly));
    assert.equal(await output("h").locator(".answer").textContent(), "right");
    assert.equal(await output("h").locator(".film-strip, .status").count(), 0);
  });

  it("posts the run whose analysis is asked for", async () => {
    const run = runOf();
    await show("i", RUN_MIME, run);
    await output("i").getByRole("button", { name: "Open analysis" }).click();
    assert.deepEqual(await page.evaluate("aim.messages.at(-1)"), { kind: "open-analysis", runs: [run] });
  });

  it("shows a comparison side by side, and posts its runs whole", async () => {
    const records = [
      syntheticRecord(),
      syntheticRecord({ mergeSteps: [24], fields: { answer: `to the ${HOSTILE} right` } }),
    ];
    const runs = records.map((record, index) => ({ label: ["own settings", HOSTILE][index] ?? "", record }));
    await show("j", RUN_MIME, { ...liveOf("ri"), part: "2 of 2: full" });
    await page.evaluate("globalThis.kept = document.querySelector('#j .answer')");
    await show("j", RUN_MIME, comparisonToJson(runs));
    assert.ok(await page.evaluate("kept === document.querySelector('#j .answer') && kept.isConnected"));
    assert.match((await output("j").locator(".answer").textContent()) ?? "", /^Run 2 used .*, but gave another answer/);
    const heads = await output("j").getByRole("columnheader").allTextContents();
    assert.deepEqual(heads, ["1 own settings", `2 ${HOSTILE}`]);
    assert.equal(await output("j").locator("ins").first().textContent(), `to the ${HOSTILE} `);
    assert.equal(await output("j").locator("script, img").count(), 0);
    assert.deepEqual(await output("j").getByRole("rowheader").allTextContents(), ["Answer", "Tokens", "FLOPs", "Time"]);
    await output("j").getByRole("button", { name: "Open analysis" }).click();
    const message = await page.evaluate<unknown>("aim.messages.at(-1)");
    assert.deepEqual(message, {
      kind: "open-analysis",
      runs: records.map((record) => JSON.parse(JSON.stringify(recordToJson(record)))),
    });
  });

  it("styles nothing outside its own elements", async () => {
    const selectors = await page.evaluate<readonly string[]>(
      "document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].flatMap(function list(rule) {" +
        "return rule.selectorText ?? (rule instanceof CSSKeyframesRule ? 'aim' : [...rule.cssRules].flatMap(list)); }))",
    );
    assert.ok(selectors.length > 5);
    assert.deepEqual(
      selectors.filter((selector) => !/^(aim$|\.aim\b|:is\([^)]*(\([^)]*\))?[^)]*\) \.aim\b)/.test(selector)),
      [],
    );
  });

  it("leaves nothing behind", async () => {
    await page.evaluate("aim.dispose('a')");
    assert.equal(await output("a").locator("*").count(), 0);
    assert.ok((await output("b").locator("*").count()) > 0);
    await page.evaluate("aim.dispose()");
    assert.equal(await page.locator(".output *").count(), 0);
  });
});
