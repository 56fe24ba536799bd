import type { PartPrecisions } from "#core/precision.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import type { Calibration } from "./budget/calibration.ts";
import type { EncodedMedium } from "./encoder.ts";
import type { FeatureCache } from "./feature-cache.ts";
import type { ModelSessions } from "./model-sessions.ts";
import type { PixelConfigs } from "./pixels.ts";
import type { PromptWriter } from "./prompt.ts";
import type { RecentMedia } from "./recent-media.ts";
import type { Device } from "./session.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What all questions to one model share. */
export interface OpenModel {
  readonly checkpoint: Checkpoint;
  readonly device: Device;
  readonly precision: PartPrecisions;
  readonly sessions: ModelSessions;
  /** What every run of this model should tell. */
  readonly notices: readonly string[];
  /** Whether the attention of runs can be read afterwards. */
  readonly keepsTraces: boolean;
  readonly tokenizer: Tokenizer;
  readonly prompts: PromptWriter;
  readonly pixels: PixelConfigs;
  readonly features: FeatureCache;
  readonly calibration: Calibration;
  readonly recent: RecentMedia<EncodedMedium>;
}
