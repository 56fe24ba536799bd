import type { BudgetFigures, BudgetFit } from "#core/budget.ts";
import type { BudgetTarget } from "#core/budget-target.ts";
import type { Plan } from "#core/cost/planner.ts";
import { formatPrune } from "#core/prune-settings.ts";
import { exactShare } from "#core/share.ts";
import { flopsUnit, formatFlops, formatMs, formatTimes } from "#core/units.ts";

/** What a budget can be set in: FLOPs name their convention. */
export const BUDGET_UNITS = ["flops exact", "flops aim", "times exact", "times aim", "seconds"] as const;
export type BudgetUnit = (typeof BUDGET_UNITS)[number];

/** How a unit is called; FLOPs are counted in the unit that suits a full run, which takes `fullTflops`. */
export function unitLabel(unit: BudgetUnit, fullTflops: number): string {
  const { name } = flopsUnit([fullTflops]);
  const labels: Readonly<Record<BudgetUnit, string>> = {
    "flops exact": `${name}, whole run (exact)`,
    "flops aim": `${name}, LLM prefill (aim)`,
    "times exact": "× fewer, whole run (exact)",
    "times aim": "× fewer, LLM prefill (aim)",
    seconds: "seconds to the first token",
  };
  return labels[unit];
}

const KINDS: Readonly<Record<BudgetUnit, BudgetTarget["kind"]>> = {
  "flops exact": "tflops",
  "flops aim": "tflops",
  "times exact": "times",
  "times aim": "times",
  seconds: "seconds",
};

/** Reads what the user wrote; undefined if it is no number above 0. */
export function budgetTarget(text: string, unit: BudgetUnit, fullTflops: number): BudgetTarget | undefined {
  const value = Number(text.trim().replace(/\s*[×x]$/, ""));
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) return undefined;
  const kind = KINDS[unit];
  return { kind, value: kind === "tflops" ? value / flopsUnit([fullTflops]).perTflop : value };
}

/** What a plan comes to in the units of a budget. */
export function budgetFigures({ cost, timeMs }: Plan, unit: BudgetUnit): BudgetFigures {
  const { tflops, ratio } = unit.endsWith("aim") ? cost.aim : cost.exact;
  return { tflops, times: ratio, seconds: timeMs.firstToken / 1000 };
}

/** `Merge to 31%, prune off: 14.9 TFLOPs`, or that it cannot be reached. */
export function fitText({ cut, value, isReached }: BudgetFit, { kind, value: limit }: BudgetTarget): string {
  const format = { tflops: formatFlops, times: formatTimes, seconds: (seconds: number) => formatMs(1000 * seconds) };
  const merge = cut.retention === 1 ? "no merging" : `merge to ${exactShare(cut.retention)}`;
  const prune = cut.prune === "off" ? "no pruning" : `prune ${formatPrune(cut.prune)}`;
  const comes = `${merge}, ${prune}: ${format[kind](value)}`;
  return isReached ? `Fits with ${comes}.` : `${format[kind](limit)} cannot be reached. The nearest is ${comes}.`;
}
