import type { BudgetTarget } from "./budget-target.ts";
import { AimError } from "./errors.ts";
import type { ReductionPatch } from "./method.ts";

/** What a user says of how tokens are cut: outright, or by a limit that they are cut for. */
export interface SaidCut extends ReductionPatch {
  readonly method?: string | undefined;
  readonly budget?: BudgetTarget | undefined;
}

/** The method that a budget chooses the cuts of. */
const BUDGET_METHOD = "aim";

/** What of `said` a budget would choose itself, or cannot be met by: `merge`, `prune` or `method`; undefined if nothing. The order and weighting of merging do not matter. */
function againstBudget({ method, merge, prune }: SaidCut): "merge" | "prune" | "method" | undefined {
  if (method !== undefined && method !== BUDGET_METHOD) return "method";
  if (merge?.retention !== undefined) return "merge";
  return prune === undefined ? undefined : "prune";
}

/**
 * What still counts of `base` under `over`, which was said nearer to the question: a budget overrules cuts that were said farther away, and another
 * method, and these overrule a budget.
 */
export function notOverruled<Said extends SaidCut>(base: Said, over: SaidCut): Said {
  const { budget, ...rest } = base;
  if (over.budget === undefined) return againstBudget(over) === undefined ? base : (rest as Said);
  const { merge, prune, method, ...kept } = base;
  const { retention, ...howMerged } = merge ?? {};
  const isMergedHow = Object.keys(howMerged).length > 0;
  const isItsMethod = method === BUDGET_METHOD;
  // Only optional keys were taken away, which the compiler cannot see of a type parameter.
  return { ...kept, ...(isMergedHow && { merge: howMerged }), ...(isItsMethod && { method }) } as Said;
}

/** Throws `invalid-argument` if one and the same place says a budget and what it contradicts; `name` gives a word as it is written there: `%merge`. */
export function checkBudget(said: SaidCut, name: (word: string) => string): void {
  const against = said.budget === undefined ? undefined : againstBudget(said);
  if (against === undefined) return;
  if (against === "method") {
    throw new AimError("invalid-argument", `a budget is met by method ${BUDGET_METHOD}, got ${said.method}`, {
      hint: `take ${name("budget")} away, or say no other method`,
    });
  }
  throw new AimError("invalid-argument", `${name("budget")} and ${name(against)} contradict each other`, {
    hint: `a budget chooses how much is merged and pruned: take one of them away`,
  });
}
