import { formatPrune } from "#core/prune-settings.ts";
import { formatCount, formatFlops, formatMs, formatShare, formatTimes } from "#core/units.ts";
import type { Cell, Column, Table } from "../ui/table.ts";
import { countPresent } from "../ui/token-grid.ts";
import { comparedCosts } from "./cost.ts";
import type { LayerLine, NumberedRun } from "./model.ts";
import { mergeText } from "./settings-rows.ts";

const asNumber = (format: (value: number) => string) => (value: Cell) =>
  typeof value === "number" ? format(value) : "";
const numeric = (key: string, title: string, format: (value: number) => string): Column => ({
  key,
  title,
  format: asNumber(format),
  isNumber: true,
});

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
    column: numeric("frames", "Frames", formatCount),
    value: ({ record }) => record.media.reduce((sum, { frames }) => sum + frames.length, 0),
  },
  { column: numeric("textTokens", "Text tokens", formatCount), value: ({ record }) => record.tokens.text },
  { column: numeric("encodedTokens", "Encoded", formatCount), value: ({ record }) => record.tokens.encoded },
  { column: numeric("mergedTokens", "Into the LLM", formatCount), value: ({ record }) => record.tokens.merged },
  {
    column: numeric("lastLayerTokens", "Into its last layer", formatCount),
    value: ({ record: { visual, model } }) => countPresent(visual, model.decoder.layers - 1),
  },
  { column: numeric("exactTflops", "FLOPs (exact)", formatFlops), value: ({ record }) => record.cost.exact.tflops },
  { column: numeric("exactRatio", "Fewer than full", formatTimes), value: ({ record }) => record.cost.exact.ratio },
  { column: numeric("aimTflops", "FLOPs (aim)", formatFlops), value: ({ record }) => record.cost.aim.tflops },
  { column: numeric("aimRatio", "Fewer than full", formatTimes), value: ({ record }) => record.cost.aim.ratio },
  { column: numeric("visionMs", "Vision", formatMs), value: ({ record }) => record.timeMs.vision },
  { column: numeric("prefillMs", "Prefill", formatMs), value: ({ record }) => record.timeMs.prefill },
  { column: numeric("firstTokenMs", "First token", formatMs), value: ({ record }) => record.timeMs.firstToken },
  { column: numeric("totalMs", "Total", formatMs), value: ({ record }) => record.timeMs.total },
  {
    column: numeric("visionTflops", "Vision tower (exact)", formatFlops),
    value: ({ record }) => record.cost.exact.stages.vision,
  },
  { column: numeric("cachedFrames", "Cached frames", formatCount), value: ({ record }) => record.cachedFrames },
  { column: numeric("generatedTokens", "Generated", formatCount), value: ({ record }) => record.tokens.generated },
  { column: numeric("peakRssMb", "Memory in MB", formatCount), value: ({ record }) => record.peakRssMb },
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
      numeric("comparedTflops", "FLOPs with shared features", formatFlops),
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
      ...tokens.map(({ run }) => numeric(`tokens${run.number}`, `Tokens, run ${run.number}`, formatCount)),
      ...overlap.map(({ run }) => numeric(`overlap${run.number}`, `Overlap, run ${run.number}`, formatShare)),
    ],
    rows: Array.from({ length: layers }, (_, layer) => [
      layer,
      ...[...tokens, ...overlap].map((line) => at(line, layer)),
    ]),
  };
}
