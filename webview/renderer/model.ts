import { type ComparedRun, comparisonFromJson, isComparison } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import { isObject } from "#core/json-reader.ts";
import { isLiveRun, liveRunFromJson } from "#core/live-run.ts";
import { progressText } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import { recordFromJson } from "#core/record-codec.ts";
import type { ReportError } from "#core/report-document.ts";
import { outcome } from "../compare/outcome.ts";

/** What an output shows. The answer comes first in every state, so that nothing moves when one follows the other. */
export type OutputModel = LiveModel | RunModel | ComparisonModel | ErrorModel;

/** A run that goes on. */
export interface LiveModel {
  readonly kind: "live";
  readonly question: string;
  readonly answer: string;
  /** What it is doing. */
  readonly text: string;
  /** How much of the stage is done, in [0, 1]; undefined where nobody knows. */
  readonly share: number | undefined;
}

interface RunModel {
  readonly kind: "run";
  readonly question: string;
  readonly answer: string;
  readonly record: RunRecord;
}

/** Several runs of one question. Its answer is what came of comparing them. */
interface ComparisonModel {
  readonly kind: "comparison";
  readonly question: string;
  readonly answer: string;
  readonly runs: readonly ComparedRun[];
}

/** An output that cannot be read, with what little can. */
interface ErrorModel {
  readonly kind: "error";
  readonly question: undefined;
  readonly answer: string;
  readonly error: ReportError;
}

/** Reads the JSON of an output, which may be anybody's. */
export function outputModel(json: string): OutputModel {
  let value: unknown;
  try {
    value = JSON.parse(json);
    if (isLiveRun(value)) return liveModel(value);
    return isComparison(value) ? comparisonModel(value) : runModel(value);
  } catch (error) {
    const answer = isObject(value) && typeof value.answer === "string" ? value.answer : "";
    return { kind: "error", question: undefined, answer, error: readError(error) };
  }
}

function liveModel(value: unknown): LiveModel {
  const { question, part, answer, stage, done, total } = liveRunFromJson(value);
  const doing = stage === undefined ? "waiting for the kernel" : progressText(stage, done, total);
  return {
    kind: "live",
    question,
    answer,
    text: part === undefined ? doing : `${part}, ${doing}`,
    share: stage === undefined || total === 0 ? undefined : Math.min(1, done / total),
  };
}

function runModel(value: unknown): RunModel {
  const record = recordFromJson(value);
  const nothing = record.finish === "cancelled" ? "(cancelled before the first word)" : "(no answer)";
  return { kind: "run", question: record.question, answer: record.answer || nothing, record };
}

function comparisonModel(value: unknown): ComparisonModel {
  const runs = comparisonFromJson(value);
  const records = runs.map(({ record }) => record);
  return { kind: "comparison", question: records[0]?.question ?? "", answer: outcome(records), runs };
}

function readError(error: unknown): ReportError {
  const why = error instanceof AimError ? error.message : "it is not JSON";
  const hint = (error instanceof AimError && error.hint) || "run the cell again";
  return { message: `this run cannot be shown: ${why}`, hint };
}
