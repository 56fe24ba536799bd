import type { RunRecord } from "../record.ts";
import { formatMs, formatNumber } from "../units.ts";

/** What a run was expected to take, beside what it took. */
export interface PredictionError {
  readonly what: "first token" | "prefill";
  readonly predictedMs: number;
  readonly measuredMs: number;
  /** |predicted - measured| / measured. */
  readonly relative: number;
}

type Predicted = Pick<RunRecord, "predictedMs" | "budget" | "timeMs">;

/**
 * How far the time to the first token was from what was predicted, loading the model left out of both. A budget of seconds tells the whole time, loading
 * included, as it was expected when the cuts were chosen; it stands in where nothing was predicted before. Undefined for a run without a prediction.
 */
export function firstTokenError({ predictedMs, budget, timeMs }: Predicted): PredictionError | undefined {
  if (predictedMs) return errorOf("first token", predictedMs.firstToken, timeMs.firstToken - timeMs.load);
  if (budget?.target.kind !== "seconds") return undefined;
  return errorOf("first token", 1000 * budget.value, timeMs.firstToken);
}

/** The same of prefill alone: what is left of the wait where media are known already. */
export function prefillError({ predictedMs, timeMs }: Predicted): PredictionError | undefined {
  return predictedMs && errorOf("prefill", predictedMs.prefill, timeMs.prefill);
}

function errorOf(what: PredictionError["what"], predictedMs: number, measuredMs: number): PredictionError | undefined {
  if (!(measuredMs > 0)) return undefined;
  return { what, predictedMs, measuredMs, relative: Math.abs(predictedMs - measuredMs) / measuredMs };
}

/** `first token was predicted after 1.2 s and came after 1.3 s (8 % off)`; undefined for a run without a prediction. */
export function predictionText(record: Predicted): string | undefined {
  const error = firstTokenError(record);
  if (error === undefined) return undefined;
  const { predictedMs, measuredMs, relative } = error;
  const off = `${formatNumber(Math.round(100 * relative))} % off`;
  const without = record.predictedMs && record.timeMs.load >= 1 ? " without loading" : "";
  return `first token was predicted after ${formatMs(predictedMs)} and came after ${formatMs(measuredMs)}${without} (${off})`;
}

/** The middle of `errors`; NaN of none. */
export function medianError(errors: readonly Pick<PredictionError, "relative">[]): number {
  const sorted = errors.map(({ relative }) => relative).toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
