import type { BudgetRecord } from "./budget-target.ts";
import type { CostReport } from "./cost/report.ts";
import type { DecoderShape, VisionShape } from "./cost/shape.ts";
import type { Precision } from "./precision.ts";
import type { RunSettings } from "./settings.ts";

/** One picture that went through the vision tower: a video frame, a base crop or a grid of crops. */
export interface FrameRecord {
  readonly kind: "frame" | "base" | "grid";
  /** Index among the frames of the video as they are shown, 0 for pictures. */
  readonly index: number;
  /** Presentation time; 0 for pictures. */
  readonly timeSeconds: number;
  /** The tokens that the tower gave for it, row-major [rows, columns]: a frame after pooling, a grid after unpadding. */
  readonly rows: number;
  readonly columns: number;
  /** Where its tokens begin among all encoded tokens of the run. */
  readonly firstToken: number;
  /** Small JPEG as a data URL. */
  readonly thumbnail: string;
  /**
   * The place, among the frames of its medium, of the one whose features it has, because its pixels were the same or so similar that the vision tower
   * did not run (VisionSettings.similar). That one comes before it and has features of its own. Absent for a frame that has its own.
   */
  readonly featuresOf?: number;
}

export interface MediaRecord {
  readonly kind: "image" | "video";
  /** File name without its folder. */
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly durationSeconds: number;
  readonly frames: readonly FrameRecord[];
}

/**
 * The visual tokens that entered the LLM, in their order there (V of them), and what became of them.
 * `image_newline` counts as a visual token; it stands for no encoded token.
 */
export interface VisualRecord {
  readonly count: number;
  /** [encoded] The visual token that each encoded token became part of; -1 if it was dropped before the LLM. */
  readonly mergedInto: Int32Array;
  /** [V] The last layer that the token entered, so that layers - 1 means never pruned. */
  readonly lastLayer: Int16Array;
  /** Layers at which tokens were ranked, ascending: those after which some were dropped, but not all. */
  readonly importanceLayers: readonly number[];
  /** [importanceLayers, V] Importance where the token was present, else NaN. */
  readonly importance: Float32Array;
}

export interface TokenCounts {
  /** Text tokens of the prompt. */
  readonly text: number;
  /** Visual tokens after pooling, before merging, newlines not counted. */
  readonly encoded: number;
  /** Visual tokens that enter the LLM, newlines counted. */
  readonly merged: number;
  /** [layers] Sequence length that enters each layer at prefill. */
  readonly perLayer: readonly number[];
  /** [layers] Length of each layer's KV cache after prefill. */
  readonly kvPerLayer: readonly number[];
  /** Tokens generated. */
  readonly generated: number;
}

/** Wall time in milliseconds; `firstToken` and `total` count from the start of the query. */
export interface StageTimes {
  /** Building and loading graphs; nothing once they are open. */
  readonly load: number;
  readonly media: number;
  readonly vision: number;
  readonly merge: number;
  readonly prefill: number;
  readonly firstToken: number;
  readonly decode: number;
  readonly total: number;
}

/** What a run was expected to take before it began, in milliseconds, from what was measured of earlier ones: see cost/predicted-stages.ts. */
export interface PredictedTimes {
  readonly media: number;
  readonly vision: number;
  readonly merge: number;
  readonly prefill: number;
  /** Loading the model left out. */
  readonly firstToken: number;
  /** One token after the first; absent where none was ever measured. */
  readonly decodePerToken?: number;
}

export interface ModelRecord {
  readonly name: string;
  readonly family: string;
  readonly parameters: number;
  readonly decoder: DecoderShape;
  /** Absent in records of older versions. */
  readonly vision?: VisionShape;
}

/** One step of merging on one frame, as core/merge.ts does it. */
export interface MergeStep {
  /** [tokens before] The row after the step that each token became part of. */
  readonly rows: Int32Array;
  /** [ceil(tokens before / 2)] Cosine of each token at an even place with its most similar one at an odd place. */
  readonly similarity: Float32Array;
}

/** Everything that is known of one run: the only thing that views draw. */
export interface RunRecord {
  readonly version: 1;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly question: string;
  readonly answer: string;
  readonly finish: "stop" | "length" | "cancelled";
  /** Things that the user should know: a question that was cut, a device that was replaced. */
  readonly notices: readonly string[];
  readonly settings: RunSettings;
  readonly model: ModelRecord;
  readonly device: "cpu" | "webgpu" | "cuda";
  /** Of the LLM. */
  readonly precision: Precision;
  /** Absent in records of older versions, in which it was the same. */
  readonly visionPrecision?: Precision;
  readonly media: readonly MediaRecord[];
  /** Frames and crops whose features were known already, so that the vision tower did not run. Those that have another frame's do not count. */
  readonly cachedFrames: number;
  readonly tokens: TokenCounts;
  readonly visual: VisualRecord;
  /**
   * [frames of all media, steps] How similar tokens became one, in the order of the frames; no steps where nothing was merged by similarity.
   * Absent in records of older versions and where space was short.
   */
  readonly merging?: readonly (readonly MergeStep[])[];
  readonly cost: CostReport;
  readonly timeMs: StageTimes;
  /** Absent in records of older versions, and where this machine had not been measured with this model. */
  readonly predictedMs?: PredictedTimes;
  /** Absent where none was set: merging and pruning in `settings` are then what the user or the preset said, else what the budget chose. */
  readonly budget?: BudgetRecord;
  readonly peakRssMb: number;
}
