import { budgetText } from "#core/budget-target.ts";
import type { ComparedRun } from "#core/comparison.ts";
import { predictionText } from "#core/cost/predicted-error.ts";
import type { RunRecord } from "#core/record.ts";
import { runText } from "#core/settings-text.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";

/** What a run did, in a few short lines for a terminal. */
export function summaryLines(record: RunRecord): string[] {
  const { tokens, cost, timeMs, notices, budget, settings } = record;
  const prediction = predictionText(record);
  const { exact, aim } = cost;
  const last = (tokens.perLayer.at(-1) ?? tokens.text) - tokens.text;
  return [
    `tokens   ${formatCount(tokens.encoded)} visual -> ${formatCount(tokens.merged)} merged -> ${formatCount(last)} in the last layer, ${tokens.text} text`,
    `FLOPs    LLM prefill ${formatFlops(aim.tflops)}, ${formatTimes(aim.ratio)} fewer than full (aim); whole run ${formatFlops(exact.tflops)} (exact)`,
    `seconds  ${formatMs(timeMs.total)}, first token after ${formatMs(timeMs.firstToken)} (media ${formatMs(timeMs.media)}, vision ${formatMs(timeMs.vision)}, prefill ${formatMs(timeMs.prefill)})`,
    ...(prediction === undefined ? [] : [`         ${prediction}`]),
    ...(budget ? [`budget   ${budgetText(budget.target)}: ${runText(settings).replaceAll("\u00a0", " ")}`] : []),
    ...notices.map((notice) => `note     ${notice}`),
  ];
}

/** Answer and figures of a run that is compared with others, under what it was run with. */
export function comparedText({ label, record }: ComparedRun): string {
  const lines = [`${label}:`, ...record.answer.split("\n"), "", ...summaryLines(record)];
  return lines.map((line, index) => (index === 0 || line === "" ? line : `  ${line}`)).join("\n");
}

/** The stable JSON of the runs of a question for scripts: of one run as runJson, else `comparison` has a list, each with its label. */
export function runsJson(question: string, runs: readonly ComparedRun[]): unknown {
  const [first, ...others] = runs;
  if (first && others.length === 0) return runJson(first.record);
  return { question, comparison: runs.map(({ label, record }) => ({ label, ...runJson(record) })) };
}

/** The stable JSON of a run for scripts: figures only, without token sets and pictures. */
function runJson(record: RunRecord): object {
  const {
    question,
    answer,
    finish,
    notices,
    model,
    device,
    precision,
    visionPrecision,
    settings,
    tokens,
    cost,
    timeMs,
    predictedMs,
    budget,
    cachedFrames,
    peakRssMb,
  } = record;
  return {
    question,
    answer,
    finish,
    notices,
    model: model.name,
    family: model.family,
    parameters: model.parameters,
    device,
    precision,
    visionPrecision,
    settings,
    media: record.media.map(({ frames, ...medium }) => ({
      ...medium,
      frames: frames.map(({ index, timeSeconds, featuresOf }) => ({ index, timeSeconds, featuresOf })),
    })),
    tokens,
    cost,
    timeMs,
    ...(predictedMs && { predictedMs }),
    ...(budget && { budget }),
    cachedFrames,
    peakRssMb,
  };
}
