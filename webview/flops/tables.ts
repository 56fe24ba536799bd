import { formatBytes, formatCount, formatFlops, formatMs, formatNumber } from "#core/units.ts";
import { FLOPS_STAGES, formatSmallShare } from "../ui/stages.ts";
import type { Column, Table } from "../ui/table.ts";
import type { LayerRow } from "./layer-rows.ts";
import type { OperatorRow } from "./operator-rows.ts";
import type { StageRow } from "./stage-rows.ts";

/** A column of numbers that look as `format` says; nothing for what is not known. */
function numeric(key: string, title: string, format: (value: number) => string): Column {
  return { key, title, isNumber: true, format: (value) => (typeof value === "number" ? format(value) : "") };
}

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
      numeric("flops", "FLOPs", flops),
      numeric("share", "Share", share),
      numeric("timeMs", "Measured", formatMs),
      numeric("achievedFlopsPerSecond", "Achieved", formatSpeed),
      numeric("rooflineMs", "Roofline", formatMs),
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
      numeric("flops", "FLOPs", flops),
      numeric("share", "Share", share),
      numeric("bytes", "Moved", formatBytes),
      numeric("flopsPerByte", "FLOPs a byte", formatNumber),
      numeric("rooflineMs", "Roofline", formatMs),
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
      numeric("tokens", "Tokens that enter", formatCount),
      numeric("tflops", "FLOPs", formatFlops),
      numeric("fullTflops", "Without cuts", formatFlops),
    ],
    rows: rows.map(({ layer, tokens, tflops, fullTflops }) => [layer, tokens, tflops, fullTflops]),
  };
}
