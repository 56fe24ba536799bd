import { fitBudget } from "#core/budget.ts";
import { type BudgetRecord, type BudgetTarget, budgetText } from "#core/budget-target.ts";
import type { Cut } from "#core/cost/planner.ts";
import type { StagePredictor } from "#core/cost/predicted-stages.ts";
import { formatMerge } from "#core/merge-settings.ts";
import { defaultPrune, formatPrune, type PruneSettings } from "#core/prune-settings.ts";
import type { RunSettings } from "#core/settings.ts";
import type { QuestionPlan } from "./question-plan.ts";

/** What cuts are chosen by. */
export interface BudgetQuestion {
  readonly plan: QuestionPlan;
  readonly predictor: StagePredictor;
  /** The time that has passed since the question was asked. */
  readonly elapsedMs: number;
  /** What the user and the model's preset say; order and weighting of merging stay. */
  readonly settings: RunSettings;
  readonly layers: number;
}

export interface ChosenCut {
  /** With merging and pruning as the budget wants them. */
  readonly settings: RunSettings;
  readonly budget: BudgetRecord;
  /** Set if the budget cannot be met. */
  readonly notice?: string;
}

/**
 * The mildest merging and pruning that fit `target`: see fitBudget. FLOPs are those of LLM prefill by convention aim, as the record of the run will
 * have them. Seconds are what has passed, and what merging, prefill and the rest are expected to take. A prompt that is too long for the context fits no budget.
 */
export function chooseCut(target: BudgetTarget, question: BudgetQuestion): ChosenCut {
  const { plan, predictor, elapsedMs, settings, layers } = question;
  const seconds = (cut: Cut) => {
    const work = plan.work(cut);
    const ahead = { ...work, other: work.other.map((amount, i) => (i === 0 ? amount : 0)) }; // media are behind it
    const stages = (["merge", "prefill", "other"] as const).map((stage) => predictor.stage(ahead, stage) ?? 0);
    return (elapsedMs + stages.reduce((sum, ms) => sum + ms, 0)) / 1000;
  };
  const figures = (cut: Cut) => {
    const cost = plan.aimCost(cut);
    if (cost === undefined) return { tflops: Number.MAX_VALUE, times: 0, seconds: Number.MAX_VALUE };
    const isTimed = target.kind === "seconds";
    return { tflops: cost.tflops, times: cost.ratio, seconds: isTimed ? seconds(cut) : 0 };
  };
  const { cut, value, isReached } = fitBudget(target, { layers, prune: linearPrune(settings.prune, layers), figures });
  const chosen = { ...settings, merge: { ...settings.merge, retention: cut.retention }, prune: cut.prune };
  const notice = missedNotice(target, { target, value, isReached }, chosen);
  return { settings: chosen, budget: { target, value, isReached }, ...(notice !== undefined && { notice }) };
}

function missedNotice(
  target: BudgetTarget,
  { value, isReached }: BudgetRecord,
  chosen: RunSettings,
): string | undefined {
  if (isReached) return undefined;
  const cuts = `merge ${formatMerge(chosen.merge)}, prune ${formatPrune(chosen.prune)}`;
  const expected = budgetText({ kind: target.kind, value });
  return `the budget of ${budgetText(target)} cannot be met: with ${cuts}, which comes nearest, it is ${expected}`;
}

/** A schedule whose length a budget keeps while it moves it. */
function linearPrune(prune: RunSettings["prune"], layers: number): Extract<PruneSettings, { kind: "linear" }> {
  if (prune !== "off" && prune.kind === "linear") return prune;
  const preset = defaultPrune(layers);
  return preset.kind === "linear" ? preset : { kind: "linear", firstLayer: 0, lastLayer: layers };
}
