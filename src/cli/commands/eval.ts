import { join, resolve } from "node:path";
import { parseNumber } from "#core/settings.ts";
import { formatFlops } from "#core/units.ts";
import { askItem, type BenchmarkResult, type BenchmarkSummary, readBenchmark, summarise } from "#runtime/benchmark.ts";
import { Engine } from "#runtime/engine.ts";
import { modelFolder, packageRoot } from "#runtime/models.ts";
import type { Command } from "../command.ts";
import {
  engineOptions,
  isSet,
  parseCommandArgs,
  SETTING_OPTIONS,
  SETTINGS_HELP,
  settingsPatch,
  text,
} from "../options.ts";
import { ProgressLine } from "../progress.ts";

const OPTIONS = {
  ...SETTING_OPTIONS,
  bench: { type: "string" },
  limit: { type: "string" },
  json: { type: "boolean" },
} as const;

export const evaluate: Command = {
  name: "eval",
  summary: "accuracy, FLOPs and seconds on a question-and-answer benchmark",
  help: `Usage: aim eval [--bench FILE.jsonl] [--limit N] [settings] [--json]

  --bench FILE   one JSON object a line: id, media (relative to the file), modality (image or video), question, answer, type
                 (default: the embedded model's benchmark, 100 pictures and 100 videos)
  --limit N      only the first N questions
  --json         { accuracy, byType, meanTflops (LLM prefill, convention aim), meanExactTflops, meanSeconds, medianPredictionError, items }
${SETTINGS_HELP}

An answer is right if it equals the expected one, letter case aside.`,

  async run(args, io) {
    const { values } = parseCommandArgs("eval", args, OPTIONS);
    const bench = text(values, "bench");
    const path = bench === undefined ? join(packageRoot(), "media", "bench", "bench.jsonl") : resolve(bench);
    const limit = text(values, "limit");
    const rule = { name: "limit", least: 1, most: 1e9, isWhole: true };
    const all = readBenchmark(path);
    const items = limit === undefined ? all : all.slice(0, parseNumber(limit, rule));
    const options = {
      settings: settingsPatch(values),
      signal: io.signal,
    };
    const progress = new ProgressLine(io);
    const engine = await Engine.open(modelFolder(text(values, "model"), process.cwd()), engineOptions(values));
    const results: BenchmarkResult[] = [];
    try {
      for (const item of items) {
        results.push(await askItem(engine, item, options));
        progress.show(`question ${results.length} of ${items.length}`);
      }
    } finally {
      progress.clear();
      await engine.close();
    }
    const summary = summarise(results);
    io.out(isSet(values, "json") ? `${JSON.stringify(summary, undefined, 2)}\n` : describe(summary));
    return 0;
  },
};

function describe({
  accuracy,
  byType,
  meanTflops,
  meanSeconds,
  medianPredictionError,
  items,
}: BenchmarkSummary): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = Object.entries(byType).map(([type, { correct, count }]) => `  ${type.padEnd(22)}${correct}/${count}`);
  const figures = `LLM prefill ${formatFlops(meanTflops)} (convention aim) and ${meanSeconds.toFixed(2)} s a question`;
  const error = medianPredictionError;
  const off = error === undefined ? "" : `first tokens came ${percent(error)} (median) off their prediction\n`;
  return `${rows.join("\n")}\n\naccuracy ${percent(accuracy)} on ${items.length} questions; ${figures}\n${off}`;
}
