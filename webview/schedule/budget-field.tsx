import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { fitBudget } from "#core/budget.ts";
import type { Cut, Plan, Planner } from "#core/cost/planner.ts";
import { Dropdown, TextField } from "../ui/controls.tsx";
import { isOneOf, usePersisted } from "../ui/persisted.ts";
import { BUDGET_UNITS, type BudgetUnit, budgetFigures, budgetTarget, fitText, unitLabel } from "./budget-units.ts";
import { isSameCut, linearOf } from "./model.ts";

interface BudgetFieldProps {
  readonly planner: Planner;
  readonly full: Plan;
  readonly cut: Cut;
  readonly onCut: (cut: Cut, by: string) => void;
}

const isText = (value: unknown): value is string => typeof value === "string";

/** A limit that merging and pruning are chosen for, as mildly as it allows. */
export function BudgetField({ planner, full, cut, onCut }: BudgetFieldProps): VNode {
  const [text, setText] = usePersisted("schedule budget", "", isText);
  const [unit, setUnit] = usePersisted<BudgetUnit>("schedule budget unit", "times exact", isOneOf(BUDGET_UNITS));
  const fullTflops = full.cost.exact.fullTflops;
  const target = useMemo(() => budgetTarget(text, unit, fullTflops), [text, unit, fullTflops]);
  const choices = useMemo(
    () => BUDGET_UNITS.map((value) => ({ value, label: unitLabel(value, fullTflops) })),
    [fullTflops],
  );
  const fitTo = (nextText: string, nextUnit: BudgetUnit) => {
    setText(nextText);
    setUnit(nextUnit);
    const next = budgetTarget(nextText, nextUnit, fullTflops);
    if (next) onCut(fitOf(planner, next, nextUnit).cut, "budget");
  };
  const fit = useMemo(() => target && fitOf(planner, target, unit), [planner, target, unit]);
  const error = text.trim() !== "" && !target ? "give a number above 0" : undefined;
  return (
    <div class="budget">
      <TextField label="Budget" value={text} size={6} error={error} onChange={(next) => fitTo(next, unit)} />
      <Dropdown label="in" value={unit} choices={choices} onChange={(next) => fitTo(text, next)} />
      <p class="budget-result" aria-live="polite">
        {target && fit && isSameCut(fit.cut, cut) && (
          <span class={fit.isReached ? "" : "missed"}>{fitText(fit, target)}</span>
        )}
      </p>
    </div>
  );
}

function fitOf(planner: Planner, target: NonNullable<ReturnType<typeof budgetTarget>>, unit: BudgetUnit) {
  const { layers } = planner;
  const figures = (cut: Cut) => budgetFigures(planner.plan(cut), unit);
  return fitBudget(target, { layers, prune: linearOf("off", layers), figures });
}
