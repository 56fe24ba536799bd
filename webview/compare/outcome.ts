import type { RunRecord } from "#core/record.ts";
import { formatNumber } from "#core/units.ts";
import { comparedCosts } from "./cost.ts";

/** Runs that differ by less are said to take as much. */
const ALIKE = 0.01;

/** True if two runs said the same, but for white space. */
export function isSameAnswer(a: RunRecord, b: RunRecord): boolean {
  return plain(a.answer) === plain(b.answer);
}

const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** What came of a comparison in one or two sentences; runs are called by their numbers, from 1. For FLOPs see comparedCosts. */
export function outcome(records: readonly RunRecord[]): string {
  const [first, second, ...others] = records;
  if (!first || !second) return "There is nothing to compare yet.";
  const isSameQuestion = records.every(({ question }) => question === first.question);
  const tflops = comparedCosts(records).map((cost) => cost.tflops);
  if (others.length > 0) {
    return isSameQuestion ? `${answersText(records)} ${cheapestText(tflops)}` : cheapestText(tflops);
  }
  const flops = `Run 2 used ${flopsText(tflops[0], tflops[1], " FLOPs")} run 1`;
  if (!isSameQuestion) return `${flops}.`;
  return isSameAnswer(first, second) ? `${flops} and gave the same answer.` : `${flops}, but gave another answer.`;
}

/** `6.8 times fewer than`: how `tflops` are against `others`; `what` is said of them. */
function flopsText(others = 0, tflops = 0, what = ""): string {
  const ratio = others / tflops;
  if (!Number.isFinite(ratio) || ratio <= 0 || Math.abs(ratio - 1) < ALIKE) return `as many${what} as`;
  return ratio > 1 ? `${formatNumber(ratio)} times fewer${what} than` : `${formatNumber(1 / ratio)} times the FLOPs of`;
}

/** `The same answer in all 3.` */
function answersText(records: readonly RunRecord[]): string {
  const [first] = records;
  const others = records.flatMap((record, index) => (first && !isSameAnswer(record, first) ? [index + 1] : []));
  if (others.length === 0) return `The same answer in all ${records.length}.`;
  if (others.length === 1) return `Run ${others[0]} gave another answer than run 1.`;
  return `Runs ${others.slice(0, -1).join(", ")} and ${others.at(-1)} gave other answers than run 1.`;
}

function cheapestText(tflops: readonly number[]): string {
  const [least, most] = [Math.min(...tflops), Math.max(...tflops)];
  if (!(most > least * (1 + ALIKE))) return "All used as many FLOPs.";
  const cheapest = tflops.indexOf(least);
  const against = cheapest === 0 ? tflops.indexOf(most) : 0;
  return `Run ${cheapest + 1} used the fewest FLOPs, ${flopsText(tflops[against], least)} run ${against + 1}.`;
}
