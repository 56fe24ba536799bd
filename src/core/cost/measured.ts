import type { RunRecord, StageTimes } from "../record.ts";
import type { Accelerator, BytesPerValue } from "./accelerators.ts";
import { type ExactOperator, TIMED_STAGES, type TimedStage } from "./exact-operator.ts";
import { recordedOperators } from "./recorded.ts";
import { rooflineSum } from "./roofline.ts";

/** Weights are held as the precision says, everything else in f32. */
export const BYTES_PER: Readonly<Record<RunRecord["precision"], BytesPerValue>> = {
  f32: { weight: 4, activation: 4 },
  q8: { weight: 1, activation: 4 },
  int8: { weight: 1, activation: 4 },
  q4: { weight: 0.640625, activation: 4 },
};

/** What was done in a measured stage, and how long it took. */
export interface MeasuredStage {
  readonly stage: TimedStage;
  readonly operators: readonly ExactOperator[];
  readonly flops: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** The measured stages of a run that took time and computed something. */
export function measuredStages(record: RunRecord): MeasuredStage[] {
  const operators = recordedOperators(record, BYTES_PER[record.precision]);
  return TIMED_STAGES.flatMap((stage) => {
    const own = operators.filter(({ during }) => during === stage);
    const seconds = stageSeconds(record.timeMs, stage);
    const flops = own.reduce((sum, each) => sum + each.flops, 0);
    const bytes = own.reduce((sum, each) => sum + each.bytes, 0);
    return seconds > 0 && flops > 0 ? [{ stage, operators: own, flops, bytes, seconds }] : [];
  });
}

function stageSeconds(times: StageTimes, stage: TimedStage): number {
  return times[stage] / 1000;
}

/**
 * The machine of a run as far as the run shows it: the most FLOPs a second, and the most bytes a second, that any stage reached; both raised alike until
 * no stage beats the roofline of its operators. It is slower than what its maker would say. Undefined where nothing was measured.
 */
export function measuredMachine(record: RunRecord): Accelerator | undefined {
  const stages = measuredStages(record);
  const flopsPerSecond = Math.max(0, ...stages.map(({ flops, seconds }) => flops / seconds));
  const bytesPerSecond = Math.max(0, ...stages.map(({ bytes, seconds }) => bytes / seconds));
  if (flopsPerSecond === 0 || bytesPerSecond === 0) return undefined;
  const reached = { flopsPerSecond, bytesPerSecond };
  const tooSlow = stages.map(({ operators, seconds }) => rooflineSum(operators, reached).seconds / seconds);
  const raise = Math.max(1, ...tooSlow);
  return {
    id: "measured",
    name: "This machine, as measured",
    flopsPerSecond: flopsPerSecond * raise,
    bytesPerSecond: bytesPerSecond * raise,
    bytesPer: BYTES_PER[record.precision],
  };
}
