import { randomUUID } from "node:crypto";
import type { BudgetRecord } from "#core/budget-target.ts";
import type { DecoderShape, VisionShape } from "#core/cost/shape.ts";
import type { PartPrecisions } from "#core/precision.ts";
import type { MediaRecord, PredictedTimes, RunRecord, StageTimes, TokenCounts } from "#core/record.ts";
import type { RunSettings } from "#core/settings.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import type { Answer } from "./answer.ts";
import { costOfRun } from "./cost.ts";
import type { EncodedMedium, MediaEncoder } from "./encoder.ts";
import type { PrefillResult } from "./llm.ts";
import type { Query } from "./query.ts";
import type { MergedMedium, Sequence } from "./sequence.ts";
import type { Device } from "./session.ts";
import { recordVisual } from "./visual-record.ts";

/** Everything that a run leaves behind. */
export interface FinishedRun {
  readonly checkpoint: Checkpoint;
  readonly query: Query;
  readonly settings: RunSettings;
  readonly device: Device;
  readonly precision: PartPrecisions;
  readonly startedAt: string;
  readonly notices: readonly string[];
  readonly encoder: Pick<MediaEncoder, "encodedFrames" | "cachedFrames" | "decoded">;
  readonly encoded: readonly EncodedMedium[];
  readonly merged: readonly MergedMedium[];
  readonly sequence: Sequence;
  readonly prefill: PrefillResult;
  readonly answer: Answer;
  readonly timeMs: StageTimes;
  readonly budget?: BudgetRecord | undefined;
  readonly predictedMs?: PredictedTimes | undefined;
}

/** The run record: what views, notebooks and scripts get to know of a run. */
export function recordOfRun(run: FinishedRun): RunRecord {
  const { checkpoint, settings, sequence, prefill, answer } = run;
  const visual = recordVisual(sequence, prefill);
  const perLayer = prefill.entered.map(({ length }) => length);
  const tokens: TokenCounts = {
    text: sequence.isText.length - sequence.visual,
    encoded: sequence.mergedInto.length,
    merged: sequence.visual,
    perLayer,
    kvPerLayer: prefill.cacheLengths,
    generated: answer.ids.length,
  };
  return {
    version: 1,
    id: randomUUID(),
    startedAt: run.startedAt,
    question: run.query.question,
    answer: answer.text,
    finish: answer.finish,
    notices: run.notices,
    settings,
    model: modelRecord(checkpoint),
    device: run.device,
    precision: run.precision.decoder,
    visionPrecision: run.precision.vision,
    media: placeFrames(run.encoded.map(({ record }) => record)),
    cachedFrames: run.encoder.cachedFrames,
    tokens,
    visual,
    merging: run.merged.flatMap(({ groups }) => groups.map(({ steps }) => steps)),
    cost: costOfRun({
      model: checkpoint.model,
      media: run.merged,
      encodedFrames: run.encoder.encodedFrames,
      settings,
      tokens,
      importanceLayers: visual.importanceLayers,
      decodeSteps: answer.finish === "stop" ? answer.ids.length : answer.ids.length - 1,
    }),
    timeMs: run.timeMs,
    ...(run.predictedMs && { predictedMs: run.predictedMs }),
    ...(run.budget && { budget: run.budget }),
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  };
}

function modelRecord({ name, family, parameters, model }: Checkpoint): RunRecord["model"] {
  return {
    name,
    family: family.id,
    parameters,
    decoder: decoderShape(model.decoder),
    vision: visionShape(model.vision),
  };
}

function decoderShape({ layers, hidden, intermediate, heads, kvHeads, headDim, vocab }: DecoderShape): DecoderShape {
  return { layers, hidden, intermediate, heads, kvHeads, headDim, vocab };
}

function visionShape(vision: VisionShape): VisionShape {
  const { layers, hidden, intermediate, heads, imageSizePx, patchSizePx, projected, classTokens, metricChannels } =
    vision;
  return {
    ...{ layers, hidden, intermediate, heads, imageSizePx, patchSizePx, projected },
    ...(classTokens !== undefined && { classTokens }),
    ...(metricChannels !== undefined && { metricChannels }),
  };
}

/** Counts the tokens of every frame from the first of the whole run. */
function placeFrames(media: readonly MediaRecord[]): MediaRecord[] {
  let firstToken = 0;
  return media.map((medium) => ({
    ...medium,
    frames: medium.frames.map((frame) => {
      const placed = { ...frame, firstToken };
      firstToken += frame.rows * frame.columns;
      return placed;
    }),
  }));
}
