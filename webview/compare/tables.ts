import { formatPrune } from "#core/prune-settings.ts";
import { formatCount, formatFlops, formatMs, formatShare, formatTimes } from "#core/units.ts";
import { type Cell, type Column, numberColumn, type Table } from "../ui/table.ts";
import { countPresent } from "../ui/token-grid.ts";
import { comparedCosts } from "./cost.ts";
import type { LayerLine, NumberedRun } from "./model.ts";
import { mergeText } from "./settings-rows.ts";

const FIGURES: readonly { readonly column: Column; readonly value: (run: NumberedRun) => Cell }[] = [
  { column: { key: "run", title: "Run" }, value: ({ number }) => number },
  { column: { key: "name", title: "Name", format: shortened }, value: ({ name }) => name },
  { column: { key: "answer", title: "Answer", format: shortened }, value: ({ record }) => record.answer },
  { column: { key: "method", title: "Method" }, value: ({ record }) => record.settings.method },
  { column: { key: "merge", title: "Merge" }, value: ({ record }) => mergeText(record.settings.merge.retention) },
  { column: { key: "prune", title: "Prune" }, value: ({ record }) => formatPrune(record.settings.prune) },
  { column: { key: "model", title: "Model", format: shortened }, value: ({ record }) => record.model.name },
  { column: { key: "device", title: "Device" }, value: ({ record }) => record.device },
  { column: { key: "precision", title: "Precision" }, value: ({ record }) => record.precision },
  {
    column: numberColumn("frames", "Frames", formatCount),
    value: ({ record }) => record.media.reduce((sum, { frames }) => sum + frames.length, 0),
  },
  { column: numberColumn("textTokens", "Text tokens", formatCount), value: ({ record }) => record.tokens.text },
  { column: numberColumn("encodedTokens", "Encoded", formatCount), value: ({ record }) => record.tokens.encoded },
  { column: numberColumn("mergedTokens", "Into the LLM", formatCount), value: ({ record }) => record.tokens.merged },
  {
    column: numberColumn("lastLayerTokens", "Into its last layer", formatCount),
    value: ({ record: { visual, model } }) => countPresent(visual, model.decoder.layers - 1),
  },
  {
    column: numberColumn("exactTflops", "FLOPs (exact)", formatFlops),
    value: ({ record }) => record.cost.exact.tflops,
  },
  {
    column: numberColumn("exactRatio", "Fewer than full", formatTimes),
    value: ({ record }) => record.cost.exact.ratio,
  },
  { column: numberColumn("aimTflops", "FLOPs (aim)", formatFlops), value: ({ record }) => record.cost.aim.tflops },
  { column: numberColumn("aimRatio", "Fewer than full", formatTimes), value: ({ record }) => record.cost.aim.ratio },
  { column: numberColumn("visionMs", "Vision", formatMs), value: ({ record }) => record.timeMs.vision },
  { column: numberColumn("prefillMs", "Prefill", formatMs), value: ({ record }) => record.timeMs.prefill },
  { column: numberColumn("firstTokenMs", "First token", formatMs), value: ({ record }) => record.timeMs.firstToken },
  { column: numberColumn("totalMs", "Total", formatMs), value: ({ record }) => record.timeMs.total },
  {
    column: numberColumn("visionTflops", "Vision tower (exact)", formatFlops),
    value: ({ record }) => record.cost.exact.stages.vision,
  },
  { column: numberColumn("cachedFrames", "Cached frames", formatCount), value: ({ record }) => record.cachedFrames },
  { column: numberColumn("generatedTokens", "Generated", formatCount), value: ({ record }) => record.tokens.generated },
  { column: numberColumn("peakRssMb", "Memory in MB", formatCount), value: ({ record }) => record.peakRssMb },
  { column: { key: "id", title: "Record" }, value: ({ record }) => record.id },
];

/** The begin of a long text, in one line: the whole stands above, and in the files. */
function shortened(text: Cell): string {
  const whole = String(text ?? "");
  const short = whole.length <= LONGEST ? whole : `${whole.slice(0, LONGEST - 1).trimEnd()}…`;
  return short.replaceAll(" ", "\u00a0").replaceAll("-", "\u2011");
}

const LONGEST = 28;

/** Everything that is compared, one run a row: figures as they are in the records, and beside them the FLOPs that are compared. */
export function figuresTable(runs: readonly NumberedRun[]): Table {
  const compared = comparedCosts(runs.map(({ record }) => record));
  return {
    columns: [
      ...FIGURES.map(({ column }) => column),
      numberColumn("comparedTflops", "FLOPs with shared features", formatFlops),
    ],
    rows: runs.map((run, index) => [...FIGURES.map(({ value }) => value(run)), compared[index]?.tflops ?? null]),
  };
}

/** What the charts over the layers show, one layer a row. */
export function layersTable(tokens: readonly LayerLine[], overlap: readonly LayerLine[]): Table {
  const layers = Math.max(0, ...tokens.map(({ points }) => points.length));
  const at = ({ points }: LayerLine, layer: number) => points.find((point) => point.layer === layer)?.value ?? null;
  return {
    columns: [
      { key: "layer", title: "Layer", isNumber: true },
      ...tokens.map(({ run }) => numberColumn(`tokens${run.number}`, `Tokens, run ${run.number}`, formatCount)),
      ...overlap.map(({ run }) => numberColumn(`overlap${run.number}`, `Overlap, run ${run.number}`, formatShare)),
    ],
    rows: Array.from({ length: layers }, (_, layer) => [
      layer,
      ...[...tokens, ...overlap].map((line) => at(line, layer)),
    ]),
  };
}
