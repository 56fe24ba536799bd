import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { RunRecord } from "#core/record.ts";
import { pictured } from "../pictured.ts";
import { startBrowser } from "../renderer/browser.ts";
import { THEMES } from "../themes.ts";
import { analysisPage } from "./page.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe("the analysis page", () => {
  let browser: Browser;
  let axe: string;
  let runs: readonly RunRecord[];

  before(async () => {
    browser = await startBrowser();
    axe = await readFile(AXE, "utf8");
    const full = await pictured({ mergeSteps: [], prune: "off", fields: { id: "full", answer: "to the right" } });
    runs = [await pictured({ fields: { id: "aim" } }), full];
  });
  after(() => browser.close());

  async function open(records: readonly RunRecord[], options: Parameters<typeof analysisPage>[1]): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: options.place === "side" ? 320 : 1200, height: 900 } });
    const html = await analysisPage(records, options);
    // A page of its own, because sessionStorage needs an origin.
    await page.route("http://aim.test/", (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.goto("http://aim.test/");
    await page.getByRole("tablist").waitFor();
    return page;
  }

  const tabsOf = (page: Page) => page.getByRole("tab").allInnerTexts();

  for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
    it(`can be read and reached in every view: ${theme}`, async () => {
      const page = await open(runs, { theme });
      for (const tab of await tabsOf(page)) {
        await page.getByRole("tab", { name: tab, exact: true }).click();
        await page.waitForTimeout(150); // charts are drawn, and attention is fetched
        assert.deepEqual(await faults(page), [], tab);
      }
      await page.close();
    });
  }

  it("can be read and reached at the side, and is no wider than its place", async () => {
    const page = await open(runs.slice(0, 1), { theme: "dark", place: "side" });
    for (const tab of await tabsOf(page)) {
      await page.getByRole("tab", { name: tab, exact: true }).click();
      await page.waitForTimeout(150);
      assert.deepEqual(await faults(page), [], tab);
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overhang <= 0, `${tab} is ${overhang} px too wide`);
    }
    await page.close();
  });

  it("goes from tab to tab with the arrow keys, and remembers the tab when it is loaded again", async () => {
    const page = await open(runs.slice(0, 1), { theme: "light" });
    const tabs = await tabsOf(page);
    await page.getByRole("tab").first().focus();
    await page.keyboard.press("End");
    const last = page.getByRole("tab", { name: tabs.at(-1) ?? "", exact: true });
    assert.equal(await last.getAttribute("aria-selected"), "true");
    await page.reload();
    await page.getByRole("tablist").waitFor();
    assert.equal(await last.getAttribute("aria-selected"), "true");
    await page.close();
  });

  it("saves what is drawn as SVG and PNG", async () => {
    const page = await open(runs.slice(0, 1), { theme: "dark" });
    for (const tab of await tabsOf(page)) {
      await page.getByRole("tab", { name: tab, exact: true }).click();
      await page.waitForTimeout(150);
      for (const button of await page.getByRole("button", { name: /^Save .* as (PNG|SVG)$/ }).all())
        await button.click();
    }
    await page.waitForFunction(() => document.querySelectorAll(".error").length === 0);
    const saved = await page.evaluate(() =>
      aim.calls
        .filter(([name]) => name === "save")
        .map(([, name, bytes]) => {
          const data = bytes as Uint8Array;
          return { name: String(name), size: data.length, start: String.fromCharCode(...data.subarray(0, 4)) };
        }),
    );
    assert.ok(saved.length >= 6, `${saved.length} files`);
    for (const { name, size, start } of saved) {
      assert.equal(start, name.endsWith(".png") ? "\u0089PNG" : "<svg", name);
      assert.ok(size > 1000, `${name} has ${size} bytes`);
    }
    await page.close();
  });

  it("says so where no run is chosen, and where a run cannot be read", async () => {
    const page = await open(runs.slice(0, 1), { theme: "dark" });
    await page.evaluate(() => aim.show({ runs: [] }));
    await page.getByText("No run is chosen").waitFor();
    await page.evaluate(() => aim.show({ runs: [{ run: { version: 9 }, hasCell: false, canReplay: false }] }));
    await page.getByText(/run 1 cannot be shown: record.version must be 1/).waitFor();
    await page.close();
  });

  /** What axe finds that is serious: in the page and in the elements of the toolkit. */
  async function faults(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } };
      return await checker.run();
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
      );
  }
});
