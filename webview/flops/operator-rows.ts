import type { Accelerator } from "#core/cost/accelerators.ts";
import type { Stage } from "#core/cost/report.ts";
import { rooflineSum } from "#core/cost/roofline.ts";
import type { CountedOperator } from "./operators.ts";

/** What all layers, frames and passes of one operator took. */
export interface OperatorRow {
  readonly operator: string;
  readonly stage: Stage;
  readonly flops: number;
  readonly share: number;
  readonly bytes: number;
  /** FLOPs a byte; null where it is not known what is moved. */
  readonly intensity: number | null;
  readonly rooflineMs: number;
  readonly bound: "compute" | "memory";
}

/** The operators of each stage, those that take most FLOPs first. */
export function operatorRows(operators: readonly CountedOperator[], accelerator: Accelerator): readonly OperatorRow[] {
  const total = operators.reduce((sum, { flops }) => sum + flops, 0);
  const groups = new Map<string, CountedOperator[]>();
  for (const row of operators) {
    const key = `${row.stage} ${row.operator}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const rows = [...groups.values()].flatMap((own): readonly OperatorRow[] => {
    const [first] = own;
    if (!first) return [];
    const flops = own.reduce((sum, row) => sum + row.flops, 0);
    const bytes = own.reduce((sum, row) => sum + row.bytes, 0);
    const { seconds, bound } = rooflineSum(own, accelerator);
    const { operator, stage } = first;
    const intensity = bytes > 0 ? flops / bytes : null;
    return [{ operator, stage, flops, share: flops / total, bytes, intensity, rooflineMs: 1000 * seconds, bound }];
  });
  return rows.sort((a, b) => b.flops - a.flops);
}
