import { mkdir, writeFile } from "node:fs/promises";
import { comparisonToJson } from "#core/comparison.ts";
import { recordToJson } from "#core/record-codec.ts";
import type { ReportDocument, ReportEntry } from "#core/report-document.ts";
import { buildReport } from "#report/page.ts";
import type { SyntheticOptions } from "../support/synthetic-record.ts";
import { bundleReport } from "./bundle-report.ts";
import { LARGE, pictured } from "./pictured.ts";

// Writes out/report.html and out/report-10.html from synthetic runs, to look at: `npx tsx test/webview/render-report.ts`.

const run = async (options: SyntheticOptions) => recordToJson(await pictured(options));

async function entries(): Promise<readonly ReportEntry[]> {
  return [
    {
      markdown:
        "# A tour of adaptive inference\n\nAIM cuts visual tokens **twice**: *merging* before the language model, *pruning* inside it. Text tokens stay.\n\n- the `%merge` directive sets how many tokens stay\n- the `%prune` directive sets between which layers the rest goes\n\nNothing here is HTML: <b>this is not bold</b>.",
    },
    { run: await run({}) },
    { heading: "The same without merging and pruning", run: await run({ mergeSteps: [], prune: "off" }) },
    {
      run: await run({
        kind: "image",
        side: 14,
        mergeSteps: [98],
        fields: {
          question: "What is in the picture?",
          answer: "a yellow disc, a blue square and a violet disc",
          cachedFrames: 1,
        },
      }),
    },
    {
      run: await run({
        ...LARGE,
        fields: {
          question: "What does the person do after opening the fridge, and why does the cat look at the camera?",
          answer:
            "The person takes out a carton of milk, pours some into a bowl and puts it on the floor, which is what the cat has been waiting for.",
          finish: "length",
          notices: ["WebGPU was not available, the CPU was used instead."],
        },
      }),
    },
    {
      comparison: comparisonToJson(
        [
          { label: "own settings", record: await pictured({ fields: { id: "a" } }) },
          {
            label: "merge 50%",
            record: await pictured({ mergeSteps: [24], fields: { id: "b", answer: "to the right" } }),
          },
          { label: "full", record: await pictured({ mergeSteps: [], prune: "off", fields: { id: "c" } }) },
        ],
        Number.POSITIVE_INFINITY,
      ),
    },
    { error: { message: "video not found: clips/kitchen.mp4", hint: "paths are relative to the notebook" } },
  ];
}

async function tenRuns(): Promise<readonly ReportEntry[]> {
  const settings: readonly SyntheticOptions[] = [
    { mergeSteps: [], prune: "off" },
    { prune: "off" },
    {},
    { mergeSteps: [24] },
    { frames: 16 },
  ];
  const many = await Promise.all([...settings, ...settings].map(run));
  return many.map((one) => ({ run: one }));
}

const { script, style } = await bundleReport();
const write = async (name: string, document: ReportDocument) => {
  await mkdir("out", { recursive: true });
  await writeFile(`out/${name}`, buildReport(document, script, style));
};
await write("report.html", { title: "Where the tokens go", entries: await entries() });
await write("report-10.html", { title: "Ten runs", entries: await tenRuns() });
