import type { PredictedTimes } from "../record.ts";
import { fitTerms, type StageSample, stageMs } from "./predicted-fit.ts";
import { PREDICTED_STAGES, type PredictedStage, type RunWork, STAGE_TERMS } from "./predicted-work.ts";

/** What was measured of each stage on one machine with one model, the newest last. */
export type StageSamples = Readonly<Record<PredictedStage, readonly StageSample[]>>;

export const NO_SAMPLES: StageSamples = { media: [], vision: [], merge: [], prefill: [], other: [], decode: [] };

/** How long stages take, as far as samples tell. */
export interface StagePredictor {
  /** Milliseconds of one stage; 0 where there is nothing to do, undefined where the stage was never measured. */
  readonly stage: (work: RunWork, stage: PredictedStage) => number | undefined;
  /** The times of a whole run; undefined if a stage before the first token was never measured. */
  readonly run: (work: RunWork) => PredictedTimes | undefined;
}

/** Fits the terms of every stage to its samples: see fitTerms. */
export function predictStages(samples: StageSamples): StagePredictor {
  const rates = new Map(PREDICTED_STAGES.map((name) => [name, fitTerms(samples[name], STAGE_TERMS[name])]));
  const measured = (work: RunWork, name: PredictedStage) => {
    if (work[name].every((amount) => amount === 0)) return 0;
    const known = rates.get(name);
    return known && stageMs(work[name], known);
  };
  const stage = (work: RunWork, name: PredictedStage) => {
    const known = measured(work, name);
    if (known !== undefined || name !== "merge") return known;
    // Merging is far less than prefill, and by products, too: until it was measured, it is as much slower than its reference.
    const prefill = measured(work, "prefill");
    return prefill && (prefill * referenceMs(work, "merge")) / referenceMs(work, "prefill");
  };
  return { stage, run: (work) => timesOf((name) => stage(work, name)) };
}

const referenceMs = (work: RunWork, name: PredictedStage) =>
  stageMs(
    work[name],
    STAGE_TERMS[name].map((each) => each.referenceMs),
  );

function timesOf(stage: (name: PredictedStage) => number | undefined): PredictedTimes | undefined {
  const [media, vision, merge] = [stage("media"), stage("vision"), stage("merge")];
  const [prefill, other, decode] = [stage("prefill"), stage("other"), stage("decode")];
  if (media === undefined || vision === undefined || merge === undefined) return undefined;
  if (prefill === undefined || other === undefined) return undefined;
  const firstToken = media + vision + merge + prefill + other;
  return { media, vision, merge, prefill, firstToken, ...(decode !== undefined && { decodePerToken: decode }) };
}
