import path from "node:path";
import type { Page } from "playwright-core";
import { startBrowser } from "./renderer/browser.ts";

// Scrolls through out/renderer-200.html (see renderer-page.ts) and prints what it took: `npx tsx test/webview/measure-renderer.ts`.

const STEP_PX = 400;

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  /** Microseconds that the thread really ran, whatever else the machine does. */
  readonly tdur?: number;
}

const browser = await startBrowser();
const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] });
await page.goto(`file://${path.resolve("out/renderer-200.html")}`);
await page.waitForSelector("body[data-ready]");
const times = await page.evaluate<readonly number[]>("aim.times");
const heightBefore = await pageHeight(page);
await page.evaluate(() => performance.mark("scroll"));
await scrollThrough(page, heightBefore);
await page.evaluate(() => performance.mark("slide"));
await slideThrough(page);
const heightAfter = await pageHeight(page);
const { traceEvents }: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse(
  (await browser.stopTracing()).toString(),
);
await browser.close();

const sorted = times.toSorted((a, b) => a - b);
const ms = (value: number | undefined) => `${(value ?? 0).toFixed(1)} ms`;
console.log(`render of one output: median ${ms(sorted[times.length / 2])}, first ${ms(times[0])}`);
console.log(`height before scrolling ${heightBefore} px, after ${heightAfter} px`);
console.log(`longest tasks, processor time: ${longestTasks(traceEvents).join("; ")}`);

function pageHeight(of: Page): Promise<number> {
  return of.evaluate(() => document.documentElement.scrollHeight);
}

async function scrollThrough(of: Page, heightPx: number): Promise<void> {
  for (let top = 0; top < heightPx; top += STEP_PX) {
    await of.evaluate((to) => {
      window.scrollTo(0, to);
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }, top);
  }
}

async function slideThrough(of: Page): Promise<void> {
  const slider = of.locator("input[type=range]").nth(100);
  await slider.press("Home");
  for (let layer = 1; layer < 28; layer++) await slider.press("ArrowRight");
}

/** The longest task of the page between its marks: while it opens, scrolls, and while a slider moves. */
function longestTasks(events: readonly TraceEvent[]): readonly string[] {
  const marks = ["scroll", "slide"].map((name) => events.find((event) => event.name === name));
  const starts = [0, ...marks.map((mark) => mark?.ts ?? 0), Number.POSITIVE_INFINITY];
  const tasks = events.filter(
    ({ name, pid, tid }) => name.endsWith("RunTask") && pid === marks[0]?.pid && tid === marks[0]?.tid,
  );
  return ["opening", "scrolling", "sliding"].map((part, index) => {
    const inside = tasks.filter(({ ts }) => ts >= (starts[index] ?? 0) && ts < (starts[index + 1] ?? 0));
    return `${part} ${ms(Math.max(...inside.map(({ tdur = 0 }) => tdur / 1000)))}`;
  });
}
