import type { RunRecord } from "#core/record.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { escapeMarkdown } from "./markdown-text.ts";

/** The answer and one line of figures as Markdown, for readers of a notebook that do not know run records. */
export function markdownSummary({ answer, tokens, cost, timeMs, device, precision }: RunRecord): string {
  const last = (tokens.perLayer.at(-1) ?? tokens.text) - tokens.text;
  const figures = [
    `${formatCount(tokens.encoded)} → ${formatCount(tokens.merged)} → ${formatCount(last)} visual tokens`,
    `LLM prefill ${formatFlops(cost.aim.tflops)} (aim), ${formatTimes(cost.aim.ratio)} fewer than full`,
    formatMs(timeMs.total),
    `${device} ${precision}`,
  ];
  return `${escapeMarkdown(answer)}\n\n*${figures.join(" · ")}*`;
}
