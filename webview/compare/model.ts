import { MOST_COMPARED } from "#core/comparison.ts";
import type { RunRecord } from "#core/record.ts";
import { formatFlops, formatMs } from "#core/units.ts";
import { countPresent } from "../ui/token-grid.ts";
import type { ShownRun } from "../ui/view.ts";
import { comparedCosts, seeingNote } from "./cost.ts";
import { jaccard, keptByLayer, lastLayers, whyNoOverlap } from "./overlap.ts";

/** A run with its number, by which sentences, lines and bars call it. */
export interface NumberedRun {
  /** From 1. */
  readonly number: number;
  /** The user's name for it; empty if it has none but its number. */
  readonly name: string;
  readonly record: RunRecord;
}

/** The first runs, as many as can be compared. */
export function numberRuns(runs: readonly ShownRun[]): readonly NumberedRun[] {
  return runs.slice(0, MOST_COMPARED).map(({ record, name }, index) => {
    const number = index + 1;
    const isNumber = new RegExp(`^(run )?${number}$`, "i").test(name.trim());
    return { number, name: isNumber ? "" : name, record };
  });
}

/** `Run 2, no pruning` */
export function runTitle({ number, name }: NumberedRun): string {
  return name === "" ? `Run ${number}` : `Run ${number}, ${name}`;
}

/** What one must know before comparing these runs; nothing if they answer one question about the same media. */
export function warnings(runs: readonly ShownRun[]): readonly string[] {
  const records = runs.map(({ record }) => record);
  const isMixed = (of: (record: RunRecord) => string) => new Set(records.map(of)).size > 1;
  const found: string[] = [];
  if (isMixed(({ question }) => question))
    found.push("The runs answer different questions: their answers say nothing of each other.");
  if (
    isMixed(({ media }) =>
      media.map(({ kind, name, widthPx, heightPx }) => [kind, name, widthPx, heightPx].join()).join(),
    )
  ) {
    found.push("The runs saw different media.");
  }
  if (isMixed(({ model, device, precision }) => [model.name, device, precision].join())) {
    found.push(
      "The runs differ in model, device or precision, so that their times do not tell what merging and pruning save.",
    );
  }
  if (runs.length > MOST_COMPARED) found.push(`Only the first ${MOST_COMPARED} of ${runs.length} runs are shown.`);
  return found;
}

/** A number of a run at a layer. */
interface LayerPoint {
  readonly layer: number;
  readonly value: number;
}

/** A run as a line over the layers. */
export interface LayerLine {
  readonly run: NumberedRun;
  /** None where it has no value. */
  readonly points: readonly LayerPoint[];
}

/** Visual tokens that enter each layer. */
export function tokenLines(runs: readonly NumberedRun[]): readonly LayerLine[] {
  return runs.map((run) => {
    const { visual, model } = run.record;
    return { run, points: byLayer(model.decoder.layers, (layer) => countPresent(visual, layer)) };
  });
}

/** The overlap of runs with one of them, and why it cannot be told of others. */
export interface OverlapLines {
  readonly lines: readonly LayerLine[];
  readonly missing: readonly string[];
}

/** Jaccard index of the kept patches of each run with those of `reference`, at each layer at which either keeps any. */
export function overlapLines(runs: readonly NumberedRun[], reference: NumberedRun): OverlapLines {
  const others = runs.filter((run) => run !== reference);
  const missing = others.flatMap((run) => {
    const why = whyNoOverlap(reference.record, run.record);
    return why === undefined
      ? []
      : [`Run ${run.number} cannot be compared patch by patch with run ${reference.number}: ${why}.`];
  });
  const last = lastLayers(reference.record);
  const { layers } = reference.record.model.decoder;
  const lines = others
    .filter((run) => whyNoOverlap(reference.record, run.record) === undefined)
    .map((run) => {
      const kept = keptByLayer(last, lastLayers(run.record), layers);
      return { run, points: byLayer(layers, (layer) => kept[layer] && jaccard(kept[layer])) };
    });
  return { lines, missing };
}

function byLayer(layers: number, valueAt: (layer: number) => number | undefined): readonly LayerPoint[] {
  return Array.from({ length: layers }, (_, layer) => ({ layer, value: valueAt(layer) })).flatMap(({ layer, value }) =>
    value === undefined ? [] : [{ layer, value }],
  );
}

/** A bar of a run: first what came before the features of the vision tower, then the rest. */
export interface MeasureBar {
  readonly run: NumberedRun;
  readonly seeing: number;
  readonly rest: number;
  readonly text: string;
}

/** A measure of every run, to be drawn as bars. */
export interface Measure {
  readonly title: string;
  /** [runs] */
  readonly bars: readonly MeasureBar[];
}

/** What runs needed, and what one must know to compare it. */
export interface Measures {
  readonly measures: readonly Measure[];
  readonly note: string | undefined;
}

/** FLOPs under both conventions, and time to the first token. */
export function runMeasures(runs: readonly NumberedRun[]): Measures {
  const costs = comparedCosts(runs.map(({ record }) => record));
  const all = runs.flatMap((run, index) => {
    const cost = costs[index];
    return cost ? [{ run, cost }] : [];
  });
  const exact = all.map(({ run, cost }) => ({
    ...{ run, seeing: cost.seeingTflops, rest: cost.restTflops, text: formatFlops(cost.tflops) },
  }));
  const aim = runs.map((run) => {
    const { tflops } = run.record.cost.aim;
    return { run, seeing: 0, rest: tflops, text: formatFlops(tflops) };
  });
  const time = all.map(({ run, cost }) => ({
    ...{ run, seeing: cost.seeingMs, rest: cost.firstTokenMs, text: formatMs(run.record.timeMs.firstToken) },
  }));
  const note = seeingNote(costs);
  return {
    measures: [
      { title: "FLOPs in all (exact)", bars: exact },
      { title: "FLOPs of LLM prefill (aim)", bars: aim },
      { title: "Time to first token", bars: time },
    ],
    note: note && `${note} Times are as measured.`,
  };
}
