import { mkdir, writeFile } from "node:fs/promises";
import { type ComparedRun, comparisonToJson } from "#core/comparison.ts";
import type { LiveRun } from "#core/live-run.ts";
import { compactRecord } from "#core/record-codec.ts";
import { RUN_MIME } from "#notebook/output.ts";
import { build } from "../../esbuild.mjs";
import type { SyntheticOptions } from "../support/synthetic-record.ts";
import { LARGE, pictured } from "./pictured.ts";
import { type PageOutput, rendererPage } from "./renderer/page.ts";

// Writes out/renderer-*.html from synthetic runs, to look at and to measure: `npx tsx test/webview/renderer-page.ts`.

async function run(cell: string, options: SyntheticOptions): Promise<PageOutput> {
  return { cell, mime: RUN_MIME, value: compactRecord(await pictured(options)) };
}

function live(cell: string, value: Omit<LiveRun, "kind" | "question">): PageOutput {
  return { cell, mime: RUN_MIME, value: { kind: "live", question: cell, ...value } };
}

const LONG_ANSWER =
  "The person takes a carton of milk out of the fridge, pours some into a bowl and puts it on the floor, which is what the cat has been waiting for. Then the person closes the fridge with an elbow, because both hands are full, and looks at the camera.\n\nThe cat does not look up again.";

async function examples(): Promise<readonly PageOutput[]> {
  return [
    await run("%video clips/disc-moves.mp4\nWhich way does the disc move?", {}),
    await run("%video clips/kitchen.mp4 frames=32\nWhat does the person do after opening the fridge?", {
      ...LARGE,
      fields: { answer: LONG_ANSWER, finish: "length", device: "webgpu", precision: "q8" },
    }),
    await run("%image three-shapes.jpg\nWhat is in the picture?", {
      kind: "image",
      side: 14,
      mergeSteps: [98],
      fields: { answer: "a yellow disc, a blue square and a violet disc", cachedFrames: 1 },
    }),
    {
      cell: "%compare full\n%compare merge=25%\n%compare merge=50% prune=off\nWhich way does the disc move?",
      mime: RUN_MIME,
      value: comparisonToJson(await compared()),
    },
    await run("%method full\nAnd without merging and pruning?", { mergeSteps: [], prune: "off" }),
    await textOnly(),
    await run("%video clips/long.mp4 frames=192\nWhat happens?", {
      ...LARGE,
      frames: 192,
      fields: { answer: "", finish: "cancelled", notices: ["WebGPU was not available, the CPU was used instead."] },
    }),
    live("What does the person do?", { answer: "", done: 0, total: 0 }),
    live("What does the person do?", { answer: "", stage: "vision", done: 11, total: 32 }),
    live("What does the person do?", { answer: "The person takes a carton of", stage: "decode", done: 6, total: 0 }),
    { cell: "A run of another version", mime: RUN_MIME, value: { version: 2, answer: "to the right" } },
    { cell: "No run", mime: RUN_MIME, value: "<img src=x onerror=alert(1)>" },
  ];
}

async function compared(): Promise<readonly ComparedRun[]> {
  return [
    { label: "full", record: await pictured({ mergeSteps: [], prune: "off" }) },
    { label: "merge 25%", record: await pictured({}) },
    {
      label: "merge 50%, prune off",
      record: await pictured({ mergeSteps: [24], prune: "off", fields: { answer: "to the right" } }),
    },
  ];
}

async function textOnly(): Promise<PageOutput> {
  const question = "What is a token?";
  const { cost, ...record } = await pictured({ frames: 0, mergeSteps: [], prune: "off" });
  const exact = { ...cost.exact, fullTflops: cost.exact.tflops, ratio: 1 };
  const value = {
    ...record,
    media: [],
    question,
    answer: "A piece of a word.",
    tokens: { ...record.tokens, encoded: 0, merged: 0 },
    visual: { ...record.visual, count: 0, lastLayer: new Int16Array(0) },
    cost: { aim: { ...cost.aim, fullTflops: cost.aim.tflops, ratio: 1 }, exact },
  };
  return { cell: question, mime: RUN_MIME, value: compactRecord(value) };
}

const write = (name: string, page: string) => writeFile(`out/renderer-${name}.html`, page);
await build();
await mkdir("out", { recursive: true });
const shown = await examples();
for (const theme of ["dark", "light", "contrast-dark", "contrast-light"] as const) {
  await write(theme, await rendererPage({ theme, outputs: shown }));
}
const large = await run("What does the person do?", LARGE);
await write("200", await rendererPage({ theme: "dark", outputs: Array.from({ length: 200 }, () => large) }));
