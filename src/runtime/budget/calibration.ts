import type { StageSample } from "#core/cost/predicted-fit.ts";
import { NO_SAMPLES, predictStages, type StagePredictor } from "#core/cost/predicted-stages.ts";
import { PREDICTED_STAGES, type PredictedStage } from "#core/cost/predicted-work.ts";
import { type CalibrationData, readCalibration, writeCalibration } from "./calibration-file.ts";

/** Samples of a stage that are kept: the first ones, of the short measurement, and the newest. */
const MOST_SAMPLES = { first: 8, newest: 32 };

const NOTHING: CalibrationData = { isProbed: false, samples: NO_SAMPLES };

/** What is known of how fast this machine is with one model: refined by every run, kept in `folder` unless that is undefined. */
export class Calibration {
  readonly #folder: string | undefined;
  readonly #key: string;
  #held: CalibrationData = NOTHING;

  /** `key`: see calibrationKey. */
  constructor(folder: string | undefined, key: string) {
    this.#folder = folder;
    this.#key = key;
  }

  /** Whether the short measurement was made, by this process or another. */
  get isProbed(): boolean {
    return this.#read().isProbed;
  }

  predictor(): StagePredictor {
    return predictStages(this.#read().samples);
  }

  /** Adds what was measured, the newest last; stages that did nothing or took no time are passed over. */
  async add(measured: readonly Partial<Record<PredictedStage, StageSample>>[], isProbe = false): Promise<void> {
    const { isProbed, samples } = this.#read(); // anew: another process may have added its own
    const stages = PREDICTED_STAGES.map((stage) => {
      const more = measured.flatMap((each) => each[stage] ?? []).filter(isSample);
      return [stage, shortened([...samples[stage], ...more])] as const;
    });
    this.#held = { isProbed: isProbed || isProbe, samples: { ...NO_SAMPLES, ...Object.fromEntries(stages) } };
    if (this.#folder !== undefined) await writeCalibration(this.#folder, this.#key, this.#held);
  }

  #read(): CalibrationData {
    if (this.#folder !== undefined) this.#held = readCalibration(this.#folder, this.#key) ?? this.#held;
    return this.#held;
  }
}

const isSample = ({ work, ms }: StageSample) => ms > 0 && work.some((amount) => amount > 0);

/** Many runs that are alike must not push out those that differ, of which the first are. */
function shortened(samples: readonly StageSample[]): readonly StageSample[] {
  const { first, newest } = MOST_SAMPLES;
  if (samples.length <= first + newest) return samples;
  return [...samples.slice(0, first), ...samples.slice(-newest)];
}
