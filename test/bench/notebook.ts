// npm run -s bench:editor: what a notebook of 200 cells with outputs costs in the real editor, and the extension's activation.
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { openBrowser } from "../host/driver/browser.ts";
import { EditorServer } from "../host/driver/editor-server.ts";
import { codeCell, writeCells } from "../host/driver/notebook-file.ts";
import { Workbench } from "../host/driver/workbench.ts";
import { packExtension } from "../support/packed-extension.ts";
import { pictured } from "../webview/pictured.ts";
import { longTasks, type Trace } from "./trace.ts";

const SAMPLES = path.join(import.meta.dirname, "../../media/samples");
const CELLS = 200;
const ROUNDS = 5;
/** Of the scroll bar: about 500 px of the notebook. */
const DRAG_PX = 4;
const LONG_MS = 50;

const server = await EditorServer.start(packExtension().vsix);
const browser = await openBrowser();
try {
  const folder = path.join(server.folder, "workspace");
  mkdirSync(folder);
  cpSync(SAMPLES, path.join(folder, "samples"), { recursive: true });
  writeCells(path.join(folder, "small.aimnb"), [codeCell("first", "%image samples/two-rings.jpg\nWhat is there?")]);
  await writeLarge(path.join(folder, "runs.aimnb"), true);
  await writeLarge(path.join(folder, "text.aimnb"), false);
  await measureOpening(folder);
  await measureScrolling(folder);
} finally {
  await browser.close();
  await server.stop();
}

/** `CELLS` cells with the outputs of a run each, or with a line of text instead: what the editor itself takes. */
async function writeLarge(file: string, hasRuns: boolean): Promise<void> {
  const record = await pictured({ frames: 8 });
  const text = { output_type: "display_data", data: { "text/plain": record.answer }, metadata: {} };
  const cells = Array.from({ length: CELLS }, (_, index) => {
    const question = `Question ${index + 1}: what moves?`;
    const cell = codeCell(`cell-${index}`, `%video samples/star-moves.mp4\n${question}`, { ...record, question });
    return hasRuns ? cell : { ...cell, outputs: [text] };
  });
  writeCells(file, cells);
}

/** Each in a window of its own, in which a small notebook was opened before: the extension is active, as it is at work. */
async function measureOpening(folder: string): Promise<void> {
  const activations: number[] = [];
  const openings = { runs: [] as number[], text: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ["runs", "text"] as const) {
      const workbench = await Workbench.open(browser, server, folder);
      await workbench.openFile("small.aimnb");
      activations.push((await workbench.activationMs("AIM Notebook")) ?? Number.NaN);
      const start = performance.now();
      await workbench.openFile(`${kind}.aimnb`);
      await workbench.notebook.outputs.locator(".output_container").first().waitFor();
      openings[kind].push(performance.now() - start);
      await workbench.close();
    }
  }
  say("activation, as the editor reports it", activations);
  say(`from Go to File to the first of ${CELLS} outputs`, openings.runs);
  say("the same with a line of text for each output", openings.text);
}

async function measureScrolling(folder: string): Promise<void> {
  const workbench = await Workbench.open(browser, server, folder);
  await workbench.openFile("runs.aimnb");
  await workbench.notebook.answer("Question 1:").first().waitFor();
  await workbench.page.waitForTimeout(3000); // what opening it has left to do
  const trace = await traced(browser, workbench.page, () => scrollToEnd(workbench));
  const tasks = longTasks(trace, LONG_MS);
  console.log(
    `scrolling through it: ${tasks.length} tasks over ${LONG_MS} ms of processor time; the longest ${
      tasks
        .slice(0, 5)
        .map((ms) => ms.toFixed(0))
        .join(", ") || "none"
    } ms`,
  );
  await workbench.close();
}

/** Drags the scroll bar down until the last cell is there: the notebook grows while its outputs are drawn for the first time. */
async function scrollToEnd({ page, notebook }: Workbench): Promise<void> {
  const bar = page.locator(".notebookOverlay:visible .monaco-list > .monaco-scrollable-element > .scrollbar.vertical");
  while (!(await notebook.cell(`Question ${CELLS}:`).isVisible())) {
    const [track, slider] = await Promise.all([bar.boundingBox(), bar.locator(".slider").boundingBox()]);
    if (!track || !slider) throw new Error("the notebook does not scroll");
    const [x, top] = [track.x + track.width / 2, slider.y + 2];
    await page.mouse.move(x, top);
    await page.mouse.down();
    for (let y = top; y < track.y + track.height; y += DRAG_PX) {
      await page.mouse.move(x, y);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    await page.mouse.up();
  }
}

/** Runs `work` under Chromium's tracing. */
async function traced(context: BrowserContext, page: Page, work: () => Promise<void>): Promise<Trace> {
  const chromium = context.browser();
  if (!chromium) throw new Error("the browser is gone");
  await chromium.startTracing(page, { categories: ["toplevel"] });
  await work();
  return JSON.parse((await chromium.stopTracing()).toString());
}

function say(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const [least, middle, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((ms) => ms?.toFixed(0));
  console.log(`${what}: median ${middle} ms (${least} to ${most}, ${times.length} windows)`);
}
