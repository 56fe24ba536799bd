import type { RunRecord } from "#core/record.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";

/** What a run did, in a few short lines for a terminal. */
export function summaryLines({ tokens, cost, timeMs, notices }: RunRecord): string[] {
  const { exact, aim } = cost;
  const last = (tokens.perLayer.at(-1) ?? tokens.text) - tokens.text;
  return [
    `tokens   ${formatCount(tokens.encoded)} visual -> ${formatCount(tokens.merged)} merged -> ${formatCount(last)} in the last layer, ${tokens.text} text`,
    `FLOPs    LLM prefill ${formatFlops(aim.tflops)}, ${formatTimes(aim.ratio)} fewer than full (aim); whole run ${formatFlops(exact.tflops)} (exact)`,
    `seconds  ${formatMs(timeMs.total)}, first token after ${formatMs(timeMs.firstToken)} (media ${formatMs(timeMs.media)}, vision ${formatMs(timeMs.vision)}, prefill ${formatMs(timeMs.prefill)})`,
    ...notices.map((notice) => `note     ${notice}`),
  ];
}

/** The stable JSON of a run for scripts: figures only, without token sets and pictures. */
export function runJson(record: RunRecord): unknown {
  const {
    question,
    answer,
    finish,
    notices,
    model,
    device,
    precision,
    settings,
    tokens,
    cost,
    timeMs,
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
    settings,
    media: record.media.map(({ frames, ...medium }) => ({
      ...medium,
      frames: frames.map(({ index, timeSeconds }) => ({ index, timeSeconds })),
    })),
    tokens,
    cost,
    timeMs,
    cachedFrames,
    peakRssMb,
  };
}
