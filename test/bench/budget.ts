// npm run -s bench:budget -- [--json FILE] [--model FOLDER] [--repeats N]
// Asks questions under budgets and compares what was predicted with what was measured: of the demo model, and of the random 0.5B checkpoint where another
// benchmark has made one. Every question is asked twice in the same way, so that the noise of the machine stands beside the error of the prediction.
import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type BudgetTarget, formatBudget, parseBudget } from "#core/budget-target.ts";
import { firstTokenError, medianError, type PredictionError, prefillError } from "#core/cost/predicted-error.ts";
import type { RunRecord } from "#core/record.ts";
import { cacheFolder } from "#library/paths.ts";
import { Engine } from "#runtime/engine.ts";
import { modelFolder } from "#runtime/models.ts";

const SAMPLES = path.join(import.meta.dirname, "../../media/samples");

interface Plan {
  readonly name: string;
  readonly folder: string;
  readonly videos: readonly string[];
  readonly frames: readonly number[];
  readonly budgets: readonly string[];
}

/** One question: with media that have to be read and encoded, and with media that are known. */
interface Row {
  readonly video: string;
  readonly frames: number;
  readonly budget: string;
  readonly isKnown: boolean;
  readonly isReached: boolean;
  readonly tokens: number;
  readonly errors: readonly PredictionError[];
  /** |a - b| / mean of the time that is predicted, between two equal questions. */
  readonly noise: number;
}

async function measure(plan: Plan, repeats: number): Promise<readonly Row[]> {
  const engine = await Engine.open(plan.folder, { device: "cpu", hasDiskCache: false });
  const ask = (video: string, frames: number, budget: BudgetTarget, isKnown: boolean): Promise<RunRecord> => {
    if (!isKnown) engine.forget();
    const media = [{ kind: "video" as const, path: path.join(SAMPLES, `${video}.mp4`), frames }];
    return engine.ask({ question: "What happens in the video?", media, settings: { budget, maxTokens: 4 } });
  };
  // The first question measures the machine; what it is predicted to take is not looked at.
  await ask(plan.videos[0] ?? "", plan.frames[0] ?? 4, parseBudget("600s"), false);
  const rows: Row[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const video of plan.videos) {
      for (const frames of plan.frames) {
        for (const [index, budget] of plan.budgets.entries()) {
          for (const isKnown of index === 0 ? [false, true] : [true]) {
            const target = parseBudget(budget);
            const records = [await ask(video, frames, target, isKnown), await ask(video, frames, target, isKnown)];
            rows.push(...rowsOf({ video, frames, budget: formatBudget(target), isKnown }, records));
            process.stderr.write(".");
          }
        }
      }
    }
  }
  await engine.close();
  process.stderr.write("\n");
  return rows;
}

function rowsOf(asked: Pick<Row, "video" | "frames" | "budget" | "isKnown">, records: readonly RunRecord[]): Row[] {
  const errorOf = asked.isKnown ? prefillError : firstTokenError;
  const errors = records.flatMap((record) => errorOf(record) ?? []);
  const [a, b] = errors.map(({ measuredMs }) => measuredMs);
  const [record] = records;
  if (record?.budget === undefined || a === undefined || b === undefined) return [];
  const noise = (2 * Math.abs(a - b)) / (a + b);
  return [{ ...asked, isReached: record.budget.isReached, tokens: record.tokens.perLayer[0] ?? 0, errors, noise }];
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const cell = (text: string | number) => String(text).padStart(12);

function show(plan: Plan, rows: readonly Row[]): object {
  const head = ["frames", "budget", "media", "tokens", "predicted", "measured", "off", "noise"].map(cell).join("");
  process.stdout.write(`\n${plan.name}\n${"video".padEnd(22)}${head}\n`);
  for (const { video, frames, budget, isKnown, isReached, tokens, errors, noise } of rows) {
    const [error] = errors;
    if (error === undefined) continue;
    const ms = [error.predictedMs, error.measuredMs].map((each) => `${each.toFixed(0)} ms`);
    const cells = [frames, isReached ? budget : `${budget} missed`, isKnown ? "known" : "new", tokens, ...ms];
    process.stdout.write(
      `${video.padEnd(22)}${[...cells, percent(error.relative), percent(noise)].map(cell).join("")}\n`,
    );
  }
  const summary = [false, true].map((isKnown) => {
    const these = rows.filter((row) => row.isKnown === isKnown);
    const what = isKnown ? "prefill, media known" : "first token, media new";
    const error = medianError(these.flatMap(({ errors }) => errors));
    const noise = medianError(these.map((row) => ({ relative: row.noise })));
    process.stdout.write(
      `${what}: median error ${percent(error)}, median difference of equal runs ${percent(noise)}\n`,
    );
    return { what, error, noise, runs: 2 * these.length };
  });
  return { model: plan.name, summary, rows };
}

const { values } = parseArgs({
  options: { json: { type: "string" }, model: { type: "string" }, repeats: { type: "string" } },
});
const large = values.model ?? path.join(cacheFolder(), "bench", "0.5b");
const demo: Plan = {
  name: "demo model",
  folder: modelFolder(undefined, "."),
  videos: ["star-moves", "two-arrive", "flash-in-the-middle"],
  frames: [4, 8, 16],
  budgets: ["1x", "2x", "7x", "0.5G", "0.05s"],
};
const random: Plan = {
  name: "random weights of the 0.5B's shape",
  folder: large,
  videos: ["star-moves"],
  frames: [2, 4],
  budgets: ["1x", "3x", "7x"],
};
const repeats = Number(values.repeats ?? 1);
process.stdout.write(`${cpus().length} cores, ${cpus()[0]?.model}\n`);
const results = [show(demo, await measure(demo, repeats))];
if (existsSync(path.join(large, "complete")) || values.model) results.push(show(random, await measure(random, 1)));
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
