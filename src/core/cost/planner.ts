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
  const full = { ...stageTflops(exactOperators(unreduced(run.input))), ...encoded };
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

/** Stages that no Cut changes, as recorded: a record need not tell the sizes behind them. */
function encodedStages({ cost }: RunRecord): Pick<StageTflops, "vision" | "projector" | "pooling"> {
  const { vision, projector, pooling } = cost.exact.stages;
  return { vision, projector, pooling };
}

/** What exactCost counts under `cut`. Each frame is merged by itself; newlines are added. */
function plannedInput({ input, groups, newlines }: RecordedRun, { retention, prune }: Cut): ExactCostInput {
  const { decoder, text } = input;
  const visual = groups.reduce((sum, tokens) => sum + tokensLeft(tokens, retention), newlines);
  const merging = groups.map((tokens) => mergingFlops(tokens, decoder.hidden, mergeSteps(tokens, retention)));
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
