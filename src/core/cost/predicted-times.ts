import type { RunRecord, StageTimes } from "../record.ts";
import type { ExactOperator, TimedStage } from "./exact-operator.ts";
import { measuredMachine, measuredStages } from "./measured.ts";
import { rooflineSum } from "./roofline.ts";

/**
 * Predicts the times of a run under other settings from the times that were measured; `planned` are its operators, with bytes as the run holds
 * values (BYTES_PER).
 *
 * Merging, prefill and decoding: the measured time, times the roofline of what is planned over that of what was run, both for the machine as
 * measured (measuredMachine). So the overhead of a stage is taken to grow with its work, and weights must be read however few tokens there are. What the
 * run did not do takes its roofline. Loading, media, vision and what no stage accounts for stay as measured. On the demo model (16 frames, two CPU
 * cores), prefill predicted from full inference for AIM, and the other way round, was 11 to 14 % off.
 */
export function predictTimes(record: RunRecord): (planned: readonly ExactOperator[]) => StageTimes {
  const machine = measuredMachine(record);
  const { timeMs } = record;
  if (!machine) return () => timeMs;
  const measured = measuredStages(record);
  const before = new Map(measured.map(({ stage, operators }) => [stage, rooflineSum(operators, machine).seconds]));
  const other = timeMs.firstToken - timeMs.load - timeMs.media - timeMs.vision - timeMs.merge - timeMs.prefill;
  return (planned) => {
    const predict = (stage: TimedStage) => {
      const own = planned.filter(({ during }) => during === stage);
      const { seconds } = rooflineSum(own, machine);
      const once = before.get(stage);
      return once === undefined ? timeMs[stage] + 1000 * seconds : timeMs[stage] * (seconds / once);
    };
    const { load, media, vision } = timeMs;
    const [merge, prefill, decode] = [predict("merge"), predict("prefill"), predict("decode")];
    const firstToken = load + media + vision + merge + prefill + other;
    return { load, media, vision, merge, prefill, firstToken, decode, total: firstToken + decode };
  };
}
