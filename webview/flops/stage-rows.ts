import type { Accelerator } from "#core/cost/accelerators.ts";
import type { Stage } from "#core/cost/report.ts";
import { rooflineSum } from "#core/cost/roofline.ts";
import { isMergedFirst } from "#core/cost/shape.ts";
import type { RunRecord } from "#core/record.ts";
import { formatFlops } from "#core/units.ts";
import { FLOPS_STAGES, formatSmallShare, type Segment } from "../ui/stages.ts";
import type { CountedOperator } from "./operators.ts";

/** The measured stages, and the stages whose FLOPs fall into each. */
const TIMED = {
  load: [],
  media: [],
  vision: ["vision", "projector", "pooling"],
  merge: ["merge"],
  prefill: ["prefill", "ranking", "lmHead"],
  decode: ["decode"],
} as const satisfies Readonly<Record<string, readonly Stage[]>>;
export type Timed = keyof typeof TIMED;

/** The stages of a run whose FLOPs fall into each measured one: a projector that comes after merging is measured with it. */
export function timedStages({ model }: RunRecord): Readonly<Record<Timed, readonly Stage[]>> {
  return isMergedFirst(model.vision)
    ? { ...TIMED, vision: ["vision", "pooling"], merge: ["merge", "projector"] }
    : TIMED;
}

/** What the measured times hold, in words. */
export function timesText({ model }: RunRecord): string {
  const seeing = isMergedFirst(model.vision) ? "its keys, that of merging the projector" : "its projector and pooling";
  return `The time of the vision tower holds ${seeing}, that of prefill ranking and the first logits.`;
}

/** One stage of a run. What is not known or not counted is null. */
export interface StageRow {
  readonly label: string;
  readonly stage: Stage | null;
  readonly flops: number | null;
  /** Of all FLOPs that the convention counts. */
  readonly share: number | null;
  /** Measured, in milliseconds; of the stages that were measured together, it stands at the first. */
  readonly timeMs: number | null;
  /** FLOPs a second of those that were measured together. */
  readonly achieved: number | null;
  readonly rooflineMs: number | null;
  readonly bound: "compute" | "memory" | null;
}

/** The stages of a run in their order, with what was measured; those that did nothing are left out. Their times add up to the total. */
export function stageRows(
  record: RunRecord,
  operators: readonly CountedOperator[],
  accelerator: Accelerator,
): readonly StageRow[] {
  const { timeMs } = record;
  const total = operators.reduce((sum, { flops }) => sum + flops, 0);
  const rows: StageRow[] = [];
  let other = timeMs.total;
  for (const timed of ["load", "media", "vision", "merge", "prefill", "decode"] as const satisfies readonly Timed[]) {
    other -= timeMs[timed];
    const counted = timedStages(record)[timed].map((stage) =>
      isCached(record, stage) ? CACHED : stageRow(stage, operators, total, accelerator),
    );
    const known = counted.filter(({ flops, stage }) => flops !== null || isRun(record, stage));
    const flops = known.reduce((sum, row) => sum + (row.flops ?? 0), 0);
    const achieved = flops > 0 && timeMs[timed] > 0 ? flops / (timeMs[timed] / 1000) : null;
    const [first = untimed(timed), ...rest] = known;
    if (first.flops !== null || isRun(record, first.stage) || timeMs[timed] > 0) {
      rows.push({ ...first, timeMs: timeMs[timed], achieved }, ...rest);
    }
  }
  if (other > timeMs.total / 1000) rows.push({ ...untimed("other"), timeMs: other });
  return rows;
}

/** Whether the vision tower did not run because all its features were known. */
function isCached({ cachedFrames, cost }: RunRecord, stage: Stage): boolean {
  return stage === "vision" && cachedFrames > 0 && cost.exact.stages.vision === 0;
}

/** Whether the run did it, whatever the convention counts. */
function isRun({ cost }: RunRecord, stage: Stage | null): boolean {
  return stage !== null && cost.exact.stages[stage] > 0;
}

function stageRow(
  stage: Stage,
  operators: readonly CountedOperator[],
  total: number,
  accelerator: Accelerator,
): StageRow {
  const own = operators.filter((row) => row.stage === stage);
  const flops = own.reduce((sum, row) => sum + row.flops, 0);
  const { label } = FLOPS_STAGES[stage];
  if (flops === 0) return { ...untimed("other"), label, stage };
  const { seconds, bound } = rooflineSum(own, accelerator);
  const estimate = { rooflineMs: 1000 * seconds, bound };
  return { label, stage, flops, share: flops / total, timeMs: null, achieved: null, ...estimate };
}

/** What the measured stages are called. */
export const WORDS: Readonly<Record<Timed | "other", string>> = {
  load: "loading the model",
  media: "reading media",
  vision: "vision tower",
  merge: "merging",
  prefill: "LLM prefill",
  decode: "decoding",
  other: "other",
};

function untimed(what: Timed | "other"): StageRow {
  const unknown = { flops: null, share: null, timeMs: null, achieved: null, rooflineMs: null, bound: null };
  return { label: WORDS[what], stage: null, ...unknown };
}

const CACHED: StageRow = { ...untimed("vision"), label: "vision tower, cached", stage: "vision", flops: 0, share: 0 };

/** The pieces of a bar of FLOPs. */
export function shareSegments(rows: readonly StageRow[]): readonly Segment[] {
  return rows.flatMap(({ stage, flops, share }) => {
    if (stage === null || !flops || share === null) return [];
    const { label, colour } = FLOPS_STAGES[stage];
    return [{ label, colour, value: flops, text: formatFlops(flops / 1e12), share: formatSmallShare(share) }];
  });
}
