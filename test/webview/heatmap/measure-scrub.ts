import path from "node:path";
import { startBrowser } from "../renderer/browser.ts";

// Scrubs through the layers of an analysis page that analysis-page.ts wrote with --view heatmap, over importance and over attention, and prints what
// each step took of the page's script: `npx tsx test/webview/heatmap/measure-scrub.ts out/analysis.html`.

/** Long enough to load all layers ahead. */
const LOADING_MS = 6000;

const browser = await startBrowser();
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
const session = await page.context().newCDPSession(page);
// The time of the thread rather than of the clock, whatever else the machine does.
await session.send("Performance.enable", { timeDomain: "threadTicks" });
const started = Date.now();
await page.goto(`file://${path.resolve(process.argv[2] ?? "out/analysis.html")}`);
await page.waitForSelector(".heatmap canvas.heat");
console.log(`opened in ${Date.now() - started} ms`);
await choose("Show", "importance");
await report("importance");

await choose("Show", "attention");
await page.waitForSelector(".heatmap .chips");
for (const heads of ["mean", "0"]) {
  await choose("Heads", heads);
  await page.waitForTimeout(LOADING_MS);
  await report(`attention, heads ${heads}`);
}
await browser.close();

async function choose(label: string, value: string): Promise<void> {
  await page
    .locator(`.heatmap vscode-dropdown[aria-label="${label}"]`)
    .evaluate((element: HTMLElement & { value: string }, chosen) => {
      element.value = chosen;
      element.dispatchEvent(new Event("change", { bubbles: true }));
    }, value);
}

/** Moves the slider through all layers twice, and prints what each step ran of script, and of everything. */
async function report(name: string): Promise<void> {
  const layers = Number(await page.locator(".layer-slider input").getAttribute("max")) + 1;
  const steps: Durations[] = [];
  for (let step = 0; step < 2 * layers; step++) {
    const before = await durations();
    await page.evaluate(moveTo, step % layers);
    const after = await durations();
    steps.push({ scriptMs: after.scriptMs - before.scriptMs, taskMs: after.taskMs - before.taskMs });
  }
  const { usedSize, backingStorageSize } = await heap();
  console.log(
    `${name}: script ${summary(steps.map(({ scriptMs }) => scriptMs))}; with style, layout and paint ${summary(steps.map(({ taskMs }) => taskMs))}; heap ${mb(usedSize)}, arrays ${mb(backingStorageSize)}`,
  );
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

async function durations(): Promise<Durations> {
  const { metrics } = await session.send("Performance.getMetrics");
  const seconds = (wanted: string) => metrics.find((metric) => metric.name === wanted)?.value ?? 0;
  return { scriptMs: 1000 * seconds("ScriptDuration"), taskMs: 1000 * seconds("TaskDuration") };
}

async function heap(): Promise<{ readonly usedSize: number; readonly backingStorageSize: number }> {
  await session.send("HeapProfiler.collectGarbage");
  return await session.send("Runtime.getHeapUsage");
}

function summary(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, at most ${at(1)} ms`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
