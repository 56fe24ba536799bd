import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { build } from "../../esbuild.mjs";
import { analysisPage } from "../webview/analysis/page.ts";
import { SIZE_NAMES, SIZES } from "../webview/analysis/sizes.ts";
import { pictured } from "../webview/pictured.ts";
import { startBrowser } from "../webview/renderer/browser.ts";

// Opens the heatmap of synthetic runs in Chromium and scrubs through their layers, over importance and over attention. Prints what that took of the page's
// thread (not of the clock, whatever else the machine does), and of memory: `npm run bench:analysis`.

/** Long enough to load all layers ahead. */
const LOADING_MS = 6000;

await build();
await mkdir("out", { recursive: true });
for (const size of SIZE_NAMES) await measure(size);

async function measure(size: keyof typeof SIZES): Promise<void> {
  const record = await pictured(SIZES[size]);
  const { layers, heads } = record.model.decoder;
  const file = path.resolve(`out/bench-analysis-${size}.html`);
  await writeFile(file, await analysisPage([record], { theme: "dark", view: "heatmap" }));
  const browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });

  console.log(`\n${size}: ${record.tokens.merged} visual tokens, ${layers} layers x ${heads} heads`);
  await page.goto(`file://${file}`, { waitUntil: "commit" });
  const opened = await page.waitForFunction(() => document.querySelector(".heatmap canvas.heat") && performance.now());
  const openedMs = Number(await opened.jsonValue());
  const { taskMs } = await durations(session);
  console.log(`opened after ${openedMs.toFixed(0)} ms, ${taskMs.toFixed(0)} ms of its thread`);
  if (record.visual.importanceLayers.length > 0) {
    await choose(page, "Show", "importance");
    console.log(`importance: ${await scrub(page, session, layers)}`);
  }
  await choose(page, "Show", "attention");
  await page.waitForSelector(".heatmap .chips");
  for (const reduction of ["mean", "0"]) {
    await choose(page, "Heads", reduction);
    await page.waitForTimeout(LOADING_MS);
    console.log(`attention, heads ${reduction}: ${await scrub(page, session, layers)}`);
  }
  console.log(await memory(session));
  await browser.close();
}

async function choose(page: Page, label: string, value: string): Promise<void> {
  const list = page.locator(`.heatmap vscode-dropdown[aria-label="${label}"]`);
  await list.evaluate((element: HTMLElement & { value: string }, chosen) => {
    element.value = chosen;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }, value);
}

/** Moves the slider through all layers twice; gives what each step ran of script, and of everything. */
async function scrub(page: Page, session: CDPSession, layers: number): Promise<string> {
  const steps: Durations[] = [];
  for (let step = 0; step < 2 * layers; step++) {
    const before = await durations(session);
    await page.evaluate(moveTo, step % layers);
    const after = await durations(session);
    steps.push({ scriptMs: after.scriptMs - before.scriptMs, taskMs: after.taskMs - before.taskMs });
  }
  const script = summary(steps.map(({ scriptMs }) => scriptMs));
  return `script ${script}; with style, layout and paint ${summary(steps.map(({ taskMs }) => taskMs))}`;
}

/** Runs in the page: one step, and the frame in which it is drawn. */
async function moveTo(layer: number): Promise<void> {
  const slider = document.querySelector<HTMLInputElement>(".layer-slider input");
  if (!slider) throw new Error("no slider");
  slider.valueAsNumber = layer;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

interface Durations {
  readonly scriptMs: number;
  readonly taskMs: number;
}

async function durations(session: CDPSession): Promise<Durations> {
  const { metrics } = await session.send("Performance.getMetrics");
  const seconds = (wanted: string) => metrics.find((metric) => metric.name === wanted)?.value ?? 0;
  return { scriptMs: 1000 * seconds("ScriptDuration"), taskMs: 1000 * seconds("TaskDuration") };
}

/** The page and the fake editor in it; the process as Linux counts it, of which an empty page takes about 100 MB. */
async function memory(session: CDPSession): Promise<string> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await session.send("Runtime.getHeapUsage");
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return `heap ${mb(usedSize)}, arrays ${mb(backingStorageSize)}, process ${mb(await residentBytes())}`;
}

/** The largest of Chromium's page processes. */
async function residentBytes(): Promise<number> {
  const sizes = (await readdir("/proc"))
    .filter((name) => /^\d+$/.test(name))
    .map(async (pid) => {
      try {
        const isPage = (await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("--type=renderer");
        const kilobytes = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];
        return isPage ? 1024 * Number(kilobytes) : 0;
      } catch {
        return 0; // it has just ended
      }
    });
  return Math.max(0, ...(await Promise.all(sizes)));
}

function summary(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, at most ${at(1)} ms`;
}
