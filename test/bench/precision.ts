// npm run -s bench:precision -- [--questions N]
// How far each precision is from f32, as Markdown tables: the LLMs of the parity fixtures, the demo model on its benchmark, and the demo model with
// outliers in its activations, which computes the same in exact arithmetic.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type BenchmarkItem, readBenchmark } from "#runtime/benchmark.ts";
import { addOutliers } from "../../tools/checkpoint/outliers.ts";
import { cosine, HEADER, row } from "./deviation/agreement.ts";
import { accuracy, compareRuns, type Parts, runBenchmark } from "./deviation/benchmark-runs.ts";
import { fixtureDeviations } from "./deviation/fixture-models.ts";
import { promptLogits } from "./deviation/token-prompts.ts";

const MEDIA = path.join(import.meta.dirname, "../../media");
const RECIPES: readonly Parts[] = [
  { vision: "q8", decoder: "q8" },
  { vision: "int8", decoder: "q8" },
  { vision: "int8", decoder: "int8" },
  { vision: "int8", decoder: "q4" },
];

const { values } = parseArgs({ options: { questions: { type: "string" } } });
const print = (text: string) => void process.stdout.write(`${text}\n`);

for (const folder of ["llm", "llama"]) {
  print(`\nLLM of the parity fixtures: ${folder}\n\n${HEADER}`);
  const found = await fixtureDeviations(folder, ["q8", "int8", "q4"]);
  for (const [precision, deviations] of found)
    print(
      row(
        precision,
        deviations,
        deviations.map(({ cosine }) => cosine),
      ),
    );
}

const all = readBenchmark(path.join(MEDIA, "bench/bench.jsonl"));
const count = Math.min(all.length, Number(values.questions ?? all.length));
const items = all.filter((_, i) => Math.floor((i * count) / all.length) < Math.floor(((i + 1) * count) / all.length));
const demo = path.join(MEDIA, "demo-model");
await measure(`Demo model, ${items.length} questions`, demo, items);
const folder = mkdtempSync(path.join(tmpdir(), "aim-precision-"));
try {
  for (const size of [16, 128]) {
    const model = path.join(folder, `demo-outliers-${size}`);
    cpSync(demo, model, { recursive: true });
    addOutliers(model, { size, channels: 4, places: ["norms", "down", "heads"] });
    await measure(`Demo model with channels ${size} times larger, ${items.length} questions`, model, items);
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(title: string, model: string, questions: readonly BenchmarkItem[]): Promise<void> {
  print(`\n${title}\n\n${HEADER}`);
  const exact = await runBenchmark(model, { vision: "f32", decoder: "f32" }, questions);
  const exactLogits = await promptLogits(model, "f32");
  print(row("f32", compareRuns(exact, exact), [1], accuracy(exact)));
  for (const parts of RECIPES) {
    const runs = await runBenchmark(model, parts, questions);
    const logits = await promptLogits(model, parts.decoder);
    const cosines = logits.map((each, i) => cosine(each, exactLogits[i] ?? each));
    print(row(`tower ${parts.vision}, LLM ${parts.decoder}`, compareRuns(runs, exact), cosines, accuracy(runs)));
  }
}
