import { mergeSteps, tokensLeft } from "../merge.ts";
import type { PruneSettings } from "../prune-settings.ts";
import type { RunRecord, StageTimes } from "../record.ts";
import { rankedLayers, tokensEntering } from "../schedule.ts";
import { aimCost } from "./aim.ts";
import { exactReport, prefillByLayer, type StageTflops, stageTflops, unreduced } from "./exact.ts";
import type { ExactCostInput } from "./exact-input.ts";
import { exactOperators } from "./exact-operators.ts";
import { BYTES_PER } from "./measured.ts";
import { mergingFlops } from "./merging.ts";
import { predictTimes } from "./predicted-times.ts";
import { type RecordedRun, recordedRun } from "./recorded.ts";
import type { CostReport } from "./report.ts";
import { isMergedFirst } from "./shape.ts";

/** What AIM cuts: the share of each frame's tokens that merging leaves, and the schedule inside the LLM. */
export interface Cut {
  readonly retention: number;
  readonly prune: PruneSettings | "off";
}

/** What a run would come to under a Cut. */
export interface Plan {
  readonly cut: Cut;
  /** Visual tokens that enter the LLM, newlines counted. */
  readonly tokensMerged: number;
  /** [layers] Sequence length that enters each layer at prefill. */
  readonly perLayer: readonly number[];
  readonly cost: CostReport;
  /** Predicted: see predictTimes. */
  readonly timeMs: StageTimes;
}

/** Plans the question of a run anew, under method `aim`. */
export interface Planner {
  readonly layers: number;
  /** Text tokens of the prompt. */
  readonly text: number;
  /** Visual tokens that would enter the LLM without merging. */
  readonly fullVisual: number;
  readonly plan: (cut: Cut) => Plan;
}

/**
 * A planner for the question of `record`: the same media, prompt and length of the answer. For a run of method `aim`, its own settings give its
 * own tokens and cost. The vision tower does what it did in the run: features that were cached cost nothing.
 */
export function planFromRecord(record: RunRecord): Planner {
  const run = recordedRun(record);
  const { decoder, text, fullVisual } = run.input;
  const encoded = encodedStages(record);
  // Where the tower's sizes are not known, it cannot have merged anything either: records that lack them are older than that.
  const full = { ...stageTflops(exactOperators(unreduced(run.input))), ...(run.isVisionKnown ? {} : encoded) };
  const predict = predictTimes(record);
  const plan = (cut: Cut): Plan => {
    const input = plannedInput(run, cut);
    const operators = exactOperators(input, BYTES_PER[record.precision]);
    const tokensMerged = (input.perLayer[0] ?? text) - text;
    const { hasSecondResidual } = run;
    const aim = aimCost(decoder, { text, visual: tokensMerged, fullVisual, prune: cut.prune, hasSecondResidual });
    const stages: StageTflops = { ...stageTflops(operators), ...encoded };
    const exact = exactReport(stages, full, prefillByLayer(operators, decoder.layers));
    return { cut, tokensMerged, perLayer: input.perLayer, cost: { aim, exact }, timeMs: predict(operators) };
  };
  return { layers: decoder.layers, text, fullVisual, plan };
}

/** Stages that no Cut changes, as recorded: a record need not tell the sizes behind them. A projector that comes after merging is not among them. */
function encodedStages({ cost, model }: RunRecord): Partial<StageTflops> {
  const { vision, projector, pooling } = cost.exact.stages;
  return isMergedFirst(model.vision) ? { vision, pooling } : { vision, projector, pooling };
}

/** What exactCost counts of a question under method `aim` with `cut`. Each frame is merged by itself; newlines are added. */
export function plannedInput(
  { input, groups, newlines }: Pick<RecordedRun, "input" | "groups" | "newlines">,
  { retention, prune }: Cut,
): ExactCostInput {
  const { decoder, vision, text } = input;
  const { metricChannels } = vision;
  const channels = isMergedFirst(vision) ? vision.hidden : decoder.hidden;
  const visual = groups.reduce((sum, tokens) => sum + tokensLeft(tokens, retention), newlines);
  const merging = groups.map((tokens) => mergingFlops(tokens, channels, mergeSteps(tokens, retention), metricChannels));
  const perLayer = tokensEntering(decoder.layers, text, visual, prune);
  return {
    ...input,
    mergeFlops: merging.reduce((sum, flops) => sum + flops, 0),
    perLayer,
    kvPerLayer: perLayer,
    ranking: "pagerank",
    importanceLayers: rankedLayers(decoder.layers, visual, prune),
  };
}
