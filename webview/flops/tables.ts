import { formatBytes, formatCount, formatFlops, formatMs, formatNumber } from "#core/units.ts";
import { FLOPS_STAGES, formatSmallShare } from "../ui/stages.ts";
import { numberColumn, type Table } from "../ui/table.ts";
import type { LayerRow } from "./layer-rows.ts";
import type { OperatorRow } from "./operator-rows.ts";
import type { StageRow } from "./stage-rows.ts";

const flops = (value: number) => (value === 0 ? "0" : formatFlops(value / 1e12));
const share = (value: number) => (value === 0 ? "0%" : formatSmallShare(value));

/** `11.5 GFLOP/s`. */
export function formatSpeed(flopsPerSecond: number): string {
  return flops(flopsPerSecond).replace("FLOPs", "FLOP/s");
}

const BOUND = { key: "bound", title: "Bound by" } as const;

/** Stages with what was measured and what `machine` would take at least. */
export function stageTable(rows: readonly StageRow[]): Table {
  return {
    columns: [
      { key: "stage", title: "Stage" },
      numberColumn("flops", "FLOPs", flops),
      numberColumn("share", "Share", share),
      numberColumn("timeMs", "Measured", formatMs),
      numberColumn("achievedFlopsPerSecond", "Achieved", formatSpeed),
      numberColumn("rooflineMs", "Roofline", formatMs),
      BOUND,
    ],
    rows: rows.map((row) => [row.label, row.flops, row.share, row.timeMs, row.achieved, row.rooflineMs, row.bound]),
  };
}

/** Operators, those that take most FLOPs first. */
export function operatorTable(rows: readonly OperatorRow[]): Table {
  return {
    columns: [
      { key: "operator", title: "Operator" },
      { key: "stage", title: "Stage" },
      numberColumn("flops", "FLOPs", flops),
      numberColumn("share", "Share", share),
      numberColumn("bytes", "Moved", formatBytes),
      numberColumn("flopsPerByte", "FLOPs a byte", formatNumber),
      numberColumn("rooflineMs", "Roofline", formatMs),
      BOUND,
    ],
    rows: rows.map((row) => [
      row.operator,
      FLOPS_STAGES[row.stage].label,
      row.flops,
      row.share,
      row.bytes === 0 ? null : row.bytes,
      row.intensity,
      row.rooflineMs,
      row.bound,
    ]),
  };
}

/** Layers of the LLM at prefill, beside themselves without cuts. */
export function layerTable(rows: readonly LayerRow[]): Table {
  return {
    columns: [
      { key: "layer", title: "Layer", isNumber: true },
      numberColumn("tokens", "Tokens that enter", formatCount),
      numberColumn("tflops", "FLOPs", formatFlops),
      numberColumn("fullTflops", "Without cuts", formatFlops),
    ],
    rows: rows.map(({ layer, tokens, tflops, fullTflops }) => [layer, tokens, tflops, fullTflops]),
  };
}
