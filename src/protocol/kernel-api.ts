import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import type { ModelDescription } from "#core/model-description.ts";
import type { ImportedModel, ImportPlan, ImportRequest, ImportStage } from "#core/model-import.ts";
import type { PrecisionName } from "#core/precision.ts";
import type { ProgressStage } from "#core/progress.ts";
import type { RunRecord } from "#core/record.ts";
import type { DeviceName, MediaReference, SettingsPatch } from "#core/settings.ts";

/** A model by name or path, and the folder from which relative paths start. Absent: the embedded model. */
export interface ModelChoice {
  readonly model?: string;
  readonly base: string;
}

/** One question to a model. */
export interface AskRequest extends ModelChoice {
  readonly question: string;
  /** With absolute paths. */
  readonly media: readonly MediaReference[];
  readonly device?: DeviceName;
  readonly precision?: PrecisionName;
  /** Of the vision tower, where it is another one: see EngineOptions. */
  readonly visionPrecision?: PrecisionName;
  readonly settings: SettingsPatch;
}

/**
 * What the kernel does for an editor. Everything rejects with AimError; `kernel-lost` if the process ends first.
 * Values cross by structured clone: typed arrays stay typed arrays.
 */
export interface KernelApi {
  /** Answers a question; `run` names it in KernelEvents. Requests are answered one after the other. A cancellation after the first token gives the answer so far. */
  readonly ask: (run: string, request: AskRequest, signal?: AbortSignal) => Promise<RunRecord>;
  /** What can be asked of the attention of a run. Rejects with `not-found` if it is not among the last runs, whose attention is held. */
  readonly attentionTrace: (run: string) => Promise<AttentionTrace>;
  /** [heads, visual] Attention probabilities to the visual tokens present at a layer; NaN for those that are not, 0 for those after the text token. Rejects as attentionTrace does. */
  readonly attention: (query: AttentionQuery) => Promise<Float32Array>;
  /** Reads the model's files without opening its graphs. */
  readonly describe: (choice: ModelChoice) => Promise<ModelDescription>;
  /** Looks at a source without changing anything. Rejects with `not-found`, `invalid-model`, `unsupported`, `network` or `access`. */
  readonly planImport: (request: ImportRequest, signal?: AbortSignal) => Promise<ImportPlan>;
  /**
   * Downloads what is missing, converts it, tries it, and puts it in place whole; `job` names it in KernelEvents. What was done before it ended stays for the
   * next time, and the model that had the name stays until then. Rejects as planImport does, and with `io` (disk full) or `cancelled`.
   */
  readonly importModel: (job: string, request: ImportRequest, signal?: AbortSignal) => Promise<ImportedModel>;
  /** Forgets all encoded frames, in memory and on disk; gives the bytes that were freed on disk. */
  readonly clearFeatures: () => Promise<number>;
}

export type LogLevel = "error" | "warning" | "info" | "debug";

/** What the kernel tells an editor on its own. */
export interface KernelEvents {
  readonly progress: (run: string, stage: ProgressStage, done: number, total: number) => void;
  /** `done` of `total` bytes of a stage; total 0 where it is not known. */
  readonly importProgress: (job: string, stage: ImportStage, done: number, total: number) => void;
  /** More of the answer of a run. */
  readonly text: (run: string, text: string) => void;
  readonly log: (level: LogLevel, message: string) => void;
}
