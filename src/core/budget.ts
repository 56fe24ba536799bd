import type { BudgetTarget } from "./budget-target.ts";
import type { Cut } from "./cost/planner.ts";
import type { PruneSettings } from "./prune-settings.ts";

/** What a Cut comes to, in the units of a BudgetTarget. */
export type BudgetFigures = Readonly<Record<BudgetTarget["kind"], number>>;

export interface BudgetModel {
  /** Of the LLM. */
  readonly layers: number;
  /** The model's schedule; only the distance of its layers counts. */
  readonly prune: Extract<PruneSettings, { kind: "linear" }>;
  readonly figures: (cut: Cut) => BudgetFigures;
}

/** What was found. */
export interface BudgetFit {
  readonly cut: Cut;
  /** What it comes to, in the unit of the target. */
  readonly value: number;
  /** False if nothing reaches the target; `cut` is then what comes nearest to it. */
  readonly isReached: boolean;
}

/**
 * The mildest Cut that fits `target`: the first of budgetCuts that does.
 *
 * Deterministic; a tighter target never gives a milder Cut. Source of the order: the ablations of AIM, arXiv 2412.03248.
 */
export function fitBudget(target: BudgetTarget, model: BudgetModel): BudgetFit {
  let nearest: BudgetFit | undefined;
  for (const cut of budgetCuts(model)) {
    const value = model.figures(cut)[target.kind];
    if (isWithin(value, target)) return { cut, value, isReached: true };
    if (!nearest || isCloser(value, nearest.value, target)) nearest = { cut, value, isReached: false };
  }
  return nearest ?? { cut: { retention: 1, prune: "off" }, value: Number.NaN, isReached: false };
}

const isWithin = (value: number, { kind, value: limit }: BudgetTarget) =>
  kind === "times" ? value >= limit : value <= limit;
const isCloser = (value: number, than: number, { kind }: BudgetTarget) =>
  kind === "times" ? value > than : value < than;

/** Down to this share, merging alone costs next to no accuracy. */
const MILD_RETENTION = 0.25;

/** The shares that a budget chooses from, in falling order; they are finer where fewer tokens are left. */
export const RETENTIONS: readonly number[] = [...shares(100, 25, 1), ...shares(24.5, 5, 0.5), ...shares(4.9, 0.5, 0.1)];

/**
 * What a budget chooses from, mildest first: nothing; merging down to 25 %; then pruning too, from the last layer on and ever earlier, until it
 * begins at a quarter of the layers; then merging ever more.
 */
export function* budgetCuts({ layers, prune }: Pick<BudgetModel, "layers" | "prune">): Iterable<Cut> {
  const isMild = (retention: number) => retention >= MILD_RETENTION;
  for (const retention of RETENTIONS.filter(isMild)) yield { retention, prune: "off" };
  const earliest = Math.ceil(layers / 4);
  const from = (firstLayer: number): PruneSettings => ({
    kind: "linear",
    firstLayer,
    lastLayer: firstLayer + prune.lastLayer - prune.firstLayer,
  });
  for (let layer = layers - 1; layer >= earliest; layer--) yield { retention: MILD_RETENTION, prune: from(layer) };
  for (const retention of RETENTIONS) {
    if (!isMild(retention)) yield { retention, prune: from(Math.min(earliest, layers - 1)) };
  }
}

/** From `most` per cent down to `least`, without rounding errors. */
function shares(most: number, least: number, step: number): number[] {
  const count = Math.round((most - least) / step);
  return Array.from({ length: count + 1 }, (_, i) => Number((most - i * step).toFixed(1)) / 100);
}
