import type { BudgetRecord, BudgetTarget } from "./budget-target.ts";
import { finite, flag, object, optional, word } from "./json-reader.ts";
import type { PredictedTimes } from "./record.ts";

/** A limit as a user set it. */
export const budgetTarget = object<BudgetTarget>({ kind: word(["tflops", "times", "seconds"]), value: finite });

/** What became of it. */
export const budgetRecord = object<BudgetRecord>({ target: budgetTarget, value: finite, isReached: flag });

/** What a run was expected to take. */
export const predictedTimes = object<PredictedTimes>({
  media: finite,
  vision: finite,
  merge: finite,
  prefill: finite,
  firstToken: finite,
  decodePerToken: optional(finite),
});
