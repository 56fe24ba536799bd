import type { RunRecord } from "#core/record.ts";
import { type ReadEntry, type ReportDocument, readEntry } from "#core/report-document.ts";
import { runText } from "#core/settings-text.ts";
import { formatFlops, formatMs, formatTimes } from "#core/units.ts";
import { deviceName, tokenPath } from "../ui/key-figures.ts";

/** A run with its place in the report. */
export interface NumberedRun {
  readonly number: number;
  /** The id of its part of the page. */
  readonly anchor: string;
  readonly record: RunRecord;
}

/** One of the runs of a comparison. */
export interface NumberedColumn extends NumberedRun {
  /** What it was run with. */
  readonly label: string;
}

/** An entry whose runs have been read and numbered. */
export interface EntryModel extends Pick<ReadEntry, "heading" | "markdown" | "error"> {
  readonly run: NumberedRun | undefined;
  readonly comparison: readonly NumberedColumn[] | undefined;
}

/** Reads the entries of a document and numbers their runs from 1. */
export function entryModels(document: ReportDocument): readonly EntryModel[] {
  let number = 0;
  const next = (record: RunRecord): NumberedRun => {
    number++;
    return { number, anchor: `run-${number}`, record };
  };
  return document.entries.map((entry) => {
    const { heading, markdown, record, comparison, error } = readEntry(entry);
    const run = record && next(record);
    const columns = comparison?.map(({ label, record: compared }) => ({ ...next(compared), label }));
    return { heading, markdown, run, comparison: columns, error };
  });
}

/** All runs of the entries, in their order. */
export function runsOf(entries: readonly EntryModel[]): readonly NumberedRun[] {
  return entries.flatMap(({ run, comparison = [] }) => [...(run ? [run] : []), ...comparison]);
}

/** One line of the table of all runs. */
export interface SummaryRow {
  readonly number: number;
  readonly anchor: string;
  readonly question: string;
  readonly answer: string;
  readonly settings: string;
  readonly tokens: string;
  readonly flops: string;
  readonly ratio: string;
  readonly firstToken: string;
}

/** The table of all runs. FLOPs are those of convention `exact`. */
export function summaryRows(runs: readonly NumberedRun[]): readonly SummaryRow[] {
  return runs.map(({ number, anchor, record }) => ({
    number,
    anchor,
    question: record.question,
    answer: record.answer,
    settings: runText(record.settings),
    tokens: tokenPath(record),
    flops: formatFlops(record.cost.exact.tflops),
    ratio: formatTimes(record.cost.exact.ratio),
    firstToken: formatMs(record.timeMs.firstToken),
  }));
}

/** `3 runs, demo on CPU (f32), 2 January 2026`: what all runs share is said once; where they differ, all are named. */
export function subtitle(runs: readonly NumberedRun[]): string {
  const records = runs.map(({ record }) => record);
  const machines = records.map(
    ({ model, device, precision }) => `${model.name} on ${deviceName(device)} (${precision})`,
  );
  const days = records.map(({ startedAt }) => day(startedAt));
  const parts = [runs.length === 1 ? "one run" : `${runs.length} runs`, ...new Set(machines), ...new Set(days)];
  return runs.length === 0 ? "no runs" : parts.join(", ");
}

function day(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
