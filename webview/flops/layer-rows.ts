import type { RunRecord } from "#core/record.ts";
import { byLayer, type Convention, type CountedOperator, fullLayerTflops, isAtPrefill } from "./operators.ts";

/** What a layer of the LLM consists of. */
export const OPERATOR_GROUPS = ["MLP", "projections", "attention", "ranking", "norms and sums"] as const;
export type OperatorGroup = (typeof OPERATOR_GROUPS)[number];

function groupOf({ stage, operator }: CountedOperator): OperatorGroup {
  if (stage === "ranking") return "ranking";
  if (/^(gate|up|down)_proj$|^mlp_act$/.test(operator)) return "MLP";
  if (/_proj$/.test(operator)) return "projections";
  return /_matmul$|^softmax$/.test(operator) ? "attention" : "norms and sums";
}

/** TFLOPs of one group at one layer of prefill. */
export interface LayerGroup {
  readonly layer: number;
  readonly group: OperatorGroup;
  readonly tflops: number;
}

/** For a stacked chart: layers ascending, groups in the order of OPERATOR_GROUPS. */
export function layerGroups(operators: readonly CountedOperator[], layers: number): readonly LayerGroup[] {
  return Array.from({ length: layers }, (_, layer) => layer).flatMap((layer) => {
    const own = operators.filter((row) => isAtPrefill(row) && row.layer === layer);
    return OPERATOR_GROUPS.flatMap((group) => {
      const flops = own.filter((row) => groupOf(row) === group).reduce((sum, row) => sum + row.flops, 0);
      return flops > 0 ? [{ layer, group, tflops: flops / 1e12 }] : [];
    });
  });
}

/** One layer of the LLM at prefill. */
export interface LayerRow {
  readonly layer: number;
  readonly tokens: number;
  readonly tflops: number;
  readonly fullTflops: number;
}

/** Layers beside themselves without cuts. Tokens are those that enter; convention `aim` counts those that are left after the layer. */
export function layerRows(
  record: RunRecord,
  operators: readonly CountedOperator[],
  convention: Convention,
): readonly LayerRow[] {
  const full = fullLayerTflops(record, convention);
  return byLayer(operators, full.length).map((flops, layer) => ({
    layer,
    tokens: record.tokens.perLayer[layer] ?? 0,
    tflops: flops / 1e12,
    fullTflops: full[layer] ?? 0,
  }));
}
