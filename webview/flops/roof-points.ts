import type { Accelerator } from "#core/cost/accelerators.ts";
import type { Stage } from "#core/cost/report.ts";
import { roofline } from "#core/cost/roofline.ts";
import type { RunRecord } from "#core/record.ts";
import { FLOPS_STAGES } from "../ui/stages.ts";
import { operatorRows } from "./operator-rows.ts";
import type { CountedOperator } from "./operators.ts";
import { timedStages, WORDS } from "./stage-rows.ts";

/** A point under the roof of a machine. */
export interface RoofPoint {
  readonly label: string;
  readonly kind: "operator" | "measured";
  /** FLOPs a byte. */
  readonly intensity: number;
  /** What the roof allows at that intensity, or, if `measured`, what was reached. */
  readonly flopsPerSecond: number;
}

/** Operators on the roof, and measured stages below it, or, where the run's own machine is faster, above. */
export function roofPoints(
  record: RunRecord,
  operators: readonly CountedOperator[],
  accelerator: Accelerator,
): readonly RoofPoint[] {
  const allowed = operatorRows(operators, accelerator).flatMap(({ operator, stage, flops, bytes, intensity }) => {
    if (intensity === null) return [];
    const { seconds } = roofline({ flops, bytes }, accelerator);
    const label = `${FLOPS_STAGES[stage].label}: ${operator}`;
    return [{ label, kind: "operator" as const, intensity, flopsPerSecond: flops / seconds }];
  });
  const reached = (["vision", "merge", "prefill", "decode"] as const).flatMap((timed) => {
    const stages: readonly Stage[] = timedStages(record)[timed];
    const own = operators.filter(({ stage }) => stages.includes(stage));
    const flops = own.reduce((sum, row) => sum + row.flops, 0);
    const bytes = own.reduce((sum, row) => sum + row.bytes, 0);
    const seconds = record.timeMs[timed] / 1000;
    if (flops === 0 || bytes === 0 || seconds <= 0) return [];
    const point = { intensity: flops / bytes, flopsPerSecond: flops / seconds };
    return [{ label: WORDS[timed], kind: "measured" as const, ...point }];
  });
  return [...allowed, ...reached];
}
