import { formatCount, formatFlops, formatMs, formatTimes } from "#core/units.ts";
import type { RunEntry } from "./run-entry.ts";

/** What is worth to know of a run at a glance, a line each. */
export function runFacts(entry: RunEntry): readonly string[] {
  const { media, notebook, model, device, method, settings, visualTokens, totalMs, firstTokenMs } = entry;
  const isFull = entry.prefillRatio === 1;
  const saved = isFull ? "" : `, ${formatTimes(entry.prefillRatio)} fewer than with all tokens`;
  return [
    ...(media.length > 0 ? [media.join(", ")] : []),
    `${method}: ${settings}`,
    `${visualTokens.map(formatCount).join(" → ")} visual tokens`,
    `LLM prefill ${formatFlops(entry.prefillTflops)} (aim)${saved}`,
    `first token after ${formatMs(firstTokenMs)}, ${formatMs(totalMs)} in all`,
    `${model}, ${device}`,
    ...(notebook === undefined ? [] : [notebook]),
  ];
}

/** What a file of a run may be called, without extension: the user's name for it or its question, in words that every file system takes. */
export function runFileStem({ name, question }: Pick<RunEntry, "name" | "question">): string {
  const words =
    (name ?? question)
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join("-").slice(0, 60).replace(/-$/, "") || "run";
}
