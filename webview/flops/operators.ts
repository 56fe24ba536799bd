import { type Accelerator, HALF } from "#core/cost/accelerators.ts";
import { aimOperators } from "#core/cost/aim.ts";
import { unreduced } from "#core/cost/exact.ts";
import { exactOperators } from "#core/cost/exact-operators.ts";
import { recordedOperators, recordedRun } from "#core/cost/recorded.ts";
import type { Stage } from "#core/cost/report.ts";
import type { RunRecord } from "#core/record.ts";
import { keptVisualPerLayer } from "#core/schedule.ts";

/** The two ways of counting FLOPs: see cost/exact.ts and cost/aim.ts of the core. */
export const CONVENTIONS = ["exact", "aim"] as const;
export type Convention = (typeof CONVENTIONS)[number];

/** An operator of a run under either convention. */
export interface CountedOperator {
  readonly stage: Stage;
  /** Of the LLM; null outside of it. */
  readonly layer: number | null;
  readonly operator: string;
  readonly flops: number;
  readonly bytes: number;
}

/** What a run took, operator by operator; bytes as `accelerator` holds values, under `aim` always in fp16. */
export function countedOperators(
  record: RunRecord,
  convention: Convention,
  accelerator: Accelerator | undefined,
): readonly CountedOperator[] {
  if (convention === "exact") return recordedOperators(record, accelerator?.bytesPer ?? HALF);
  const { tokens, model, settings } = record;
  const kept = keptVisualPerLayer(model.decoder.layers, tokens.merged, settings.prune);
  return aimRows(
    record,
    kept.map((visual) => tokens.text + visual),
  );
}

/** [layers] TFLOPs of each layer without merging and pruning. */
export function fullLayerTflops(record: RunRecord, convention: Convention): readonly number[] {
  const { input } = recordedRun(record);
  const rows =
    convention === "exact"
      ? exactOperators(unreduced(input))
      : aimRows(
          record,
          input.perLayer.map(() => input.text + input.fullVisual),
        );
  return byLayer(rows, input.perLayer.length).map((flops) => flops / 1e12);
}

/** [layers] FLOPs of each layer at prefill, ranking counted where the convention does. */
export function byLayer(rows: readonly CountedOperator[], layers: number): number[] {
  const flops = new Array<number>(layers).fill(0);
  for (const row of rows) if (isAtPrefill(row)) flops[row.layer] = (flops[row.layer] ?? 0) + row.flops;
  return flops;
}

/** True for what a layer of the LLM does at prefill. */
export function isAtPrefill(row: CountedOperator): row is CountedOperator & { readonly layer: number } {
  return row.layer !== null && (row.stage === "prefill" || row.stage === "ranking");
}

function aimRows(record: RunRecord, tokensPerLayer: readonly number[]): readonly CountedOperator[] {
  const { hasSecondResidual } = recordedRun(record);
  return aimOperators(record.model.decoder, tokensPerLayer, hasSecondResidual).map((row) => ({
    ...row,
    stage: row.layer === null ? "lmHead" : "prefill",
  }));
}
