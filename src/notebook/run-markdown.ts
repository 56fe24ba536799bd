import type { ComparedRun } from "#core/comparison.ts";
import type { RunRecord, TokenCounts } from "#core/record.ts";
import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { escapeMarkdown } from "./markdown-text.ts";

/** The answer and one line of figures as Markdown, for readers of a notebook that do not know run records. */
export function markdownSummary({ answer, tokens, cost, timeMs, device, precision }: RunRecord): string {
  const figures = [
    `${tokenPath(tokens)} visual tokens`,
    `LLM prefill ${formatFlops(cost.aim.tflops)} (aim), ${formatTimes(cost.aim.ratio)} fewer than full`,
    formatMs(timeMs.total),
    `${device} ${precision}`,
  ];
  return `${escapeMarkdown(answer)}\n\n*${figures.join(" · ")}*`;
}

/** The runs of a comparison as a table in Markdown, one a line. FLOPs are those of convention aim, as in markdownSummary. */
export function comparisonMarkdown(runs: readonly ComparedRun[]): string {
  const rows = runs.map(({ label, record: { answer, tokens, cost, timeMs } }) => [
    escapeMarkdown(label),
    escapeMarkdown(answer.replaceAll(/\s+/g, " ")),
    tokenPath(tokens),
    `${formatFlops(cost.aim.tflops)}, ${formatTimes(cost.aim.ratio)} fewer`,
    formatMs(timeMs.total),
  ]);
  const heading = ["", "Answer", "Visual tokens", "LLM prefill (aim)", "Time"];
  return [heading, heading.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function tokenPath({ encoded, merged, perLayer, text }: TokenCounts): string {
  const last = (perLayer.at(-1) ?? text) - text;
  return [encoded, merged, last].map(formatCount).join(" → ");
}
