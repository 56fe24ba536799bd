import type { BudgetRecord } from "#core/budget-target.ts";
import type { PredictedTimes } from "#core/record.ts";
import type { RunSettings } from "#core/settings.ts";
import { formatMs } from "#core/units.ts";
import type { EncodedMedium, MediaEncoder } from "../encoder.ts";
import type { OpenModel } from "../open-model.ts";
import type { Query } from "../query.ts";
import type { RunContext } from "../run-context.ts";
import type { GraphSession } from "../session.ts";
import type { Stopwatch } from "../stopwatch.ts";
import { chooseCut } from "./budget.ts";
import { probe } from "./calibration-probe.ts";
import { QuestionPlan } from "./question-plan.ts";

/** A question whose media are encoded, and what its run has at hand. */
export interface ForecastQuestion {
  readonly model: OpenModel;
  readonly query: Query;
  readonly settings: RunSettings;
  readonly encoder: MediaEncoder;
  readonly encoded: readonly EncodedMedium[];
  /** Tokens of the context that are left to the answer. */
  readonly reserve: number;
  /** The LLM, loaded when it is needed. */
  readonly decoder: () => Promise<GraphSession>;
  readonly watch: Stopwatch;
  readonly context: RunContext;
}

/** What the rest of a run is to be, before it begins. */
export interface Forecast {
  /** Those of the question; under a budget, with the merging and pruning that it chose. */
  readonly settings: RunSettings;
  readonly budget?: BudgetRecord;
  /** Absent where this machine has not been measured enough. */
  readonly predictedMs?: PredictedTimes;
  readonly notices: readonly string[];
}

/**
 * Chooses the cuts of a question that has a budget, and predicts the times of its run. A budget of seconds loads the LLM first, which counts, and measures
 * this machine if that was never done, which does not. Throws what these throw.
 */
export async function forecast(question: ForecastQuestion): Promise<Forecast> {
  const { model, query, settings, encoder, encoded, reserve } = question;
  const { checkpoint, calibration, prompts } = model;
  const target = query.settings.budget;
  const notices = target?.kind === "seconds" ? await calibrate(question) : [];
  const kinds = query.media.map(({ kind }) => kind);
  const prompt = prompts.write(query.question, kinds, Number.MAX_SAFE_INTEGER);
  const plan = new QuestionPlan({
    ...{ model: checkpoint.model, encoded, settings, reserve },
    encodedFrames: encoder.encodedFrames,
    decoded: encoder.decoded,
    text: prompt.ids.length - kinds.length,
  });
  const predictor = calibration.predictor();
  const { layers } = checkpoint.model.decoder;
  const elapsedMs = question.watch.totalMs;
  const chosen = target && chooseCut(target, { plan, predictor, elapsedMs, settings, layers });
  const after = chosen?.settings ?? settings;
  const predictedMs = predictor.run(plan.work({ retention: after.merge.retention, prune: after.prune }));
  return {
    settings: after,
    ...(chosen && { budget: chosen.budget }),
    ...(predictedMs && { predictedMs }),
    notices: [...notices, ...(chosen?.notice === undefined ? [] : [chosen.notice])],
  };
}

async function calibrate({ model, decoder, watch, context }: ForecastQuestion): Promise<readonly string[]> {
  const { calibration, checkpoint } = model;
  const session = await decoder();
  if (calibration.isProbed) return [];
  const start = performance.now();
  await watch.exclude(async () => calibration.add(await probe(checkpoint.model, session, context), true));
  const took = formatMs(performance.now() - start);
  return [`how fast this machine is with this model was measured first, which took ${took} and is not counted`];
}
