import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { formatShare } from "#core/units.ts";
import { groupsOfRun, mergedFrames } from "#webview/merging/groups.ts";
import { totalRedundancy } from "#webview/merging/similarity.ts";
import { syntheticRecord } from "../../support/synthetic-record.ts";
import { analysisPage } from "../analysis/page.ts";
import { startBrowser } from "../renderer/browser.ts";

const record = syntheticRecord({ frames: 3, hasMerging: true });

describe("the merging view in a browser", () => {
  let browser: Browser;
  let page: Page;
  const slide = (label: string, value: number) =>
    page
      .locator(".merging .slider", { hasText: label })
      .locator("input")
      .evaluate((slider: HTMLInputElement, to) => {
        slider.valueAsNumber = to;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }, value);

  before(async () => {
    browser = await startBrowser();
    page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    const html = await analysisPage([record], { theme: "light", view: "merging" });
    await page.route("http://aim.test/", (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.goto("http://aim.test/");
    await page.waitForSelector(".merging");
  });
  after(() => browser.close());

  it("says how many tokens each step leaves", async () => {
    await page.getByText("After step 2 of 2: 39 tokens").waitFor();
    await slide("Step", 1);
    await page.getByText("After step 1 of 2: 75 tokens").waitFor();
    await slide("Step", 0);
    await page.getByText("Before merging: 147 tokens").waitFor();
  });

  it("names the members of a group and outlines them", async () => {
    await slide("Step", 2);
    const { ids, sizes } = groupsOfRun(record, 2);
    await page.locator(".merging .strip").focus();
    await page.keyboard.press("ArrowRight");
    const patches = sizes[ids[0] ?? -1] ?? 0;
    assert.ok(patches > 1);
    await page.locator(".readout", { hasText: `row 1, column 1: ${patches} patches are one token` }).waitFor();
    assert.match((await page.locator(".merging path.pointed").first().getAttribute("d")) ?? "", /^M/);
  });

  it("counts twins from the cosine that the user says", async () => {
    for (const percent of [90, 98]) {
      await slide("Twins", percent);
      const total = formatShare(totalRedundancy(mergedFrames(record), percent / 100));
      await page.locator(".redundancy-total", { hasText: `${total} redundant over all frames` }).waitFor();
    }
  });

  it("has a row for each frame", async () => {
    const rows = page.locator(".merging .data-table tbody tr");
    assert.equal(await rows.count(), 3);
    assert.deepEqual((await rows.nth(2).locator("th, td").allTextContents()).slice(0, 4), ["3", "2", "49", "13"]);
  });
});
