import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import type { MergeSettings } from "#core/merge-settings.ts";
import type { MethodName } from "#core/methods.ts";
import type { PruneSettings } from "#core/prune-settings.ts";

/** A run as an analysis page gets it. */
export interface AnalysisRun {
  /** What recordToJson gave; the page reads it with recordFromJson. */
  readonly run: unknown;
  /** The user's name for it, if it has one. */
  readonly name?: string;
  /** True if an open notebook has a cell that shows this run, so that settings can be written back to it. */
  readonly hasCell: boolean;
  /** True if the question can be asked again, which attention of a run needs that the kernel no longer holds. */
  readonly canReplay: boolean;
}

/** What an analysis page shows: one run, or two to six side by side. */
export interface AnalysisContent {
  readonly runs: readonly AnalysisRun[];
}

/** What the schedule view writes to a cell. */
export interface CellReduction {
  readonly method: MethodName;
  readonly merge: MergeSettings;
  readonly prune: PruneSettings | "off";
}

/** A picture, table or page that the user saves. */
export interface SavedFile {
  /** Without folder, with extension. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What an analysis page asks of the editor. Everything rejects with AimError. Runs are named by the id of their record. */
export interface AnalysisApi {
  /** What can be asked of the attention of a run. Rejects with `not-found` if the kernel does not hold it (any more): see replay. */
  readonly attentionTrace: (run: string) => Promise<AttentionTrace>;
  /** Asks the question of a run again with the same settings and seed, so that the kernel holds its attention under the same id. */
  readonly replay: (run: string) => Promise<AttentionTrace>;
  /** [heads, visual] Attention probabilities of a text token to the visual tokens present at a layer, NaN for those that are not, 0 for those after the text token. */
  readonly attention: (query: AttentionQuery) => Promise<Float32Array>;
  /** Writes directives into the cell that shows the run, and runs it if told so. */
  readonly writeToCell: (run: string, reduction: CellReduction, isRun: boolean) => Promise<void>;
  /** Asks the user where; gives false if they decide not to. */
  readonly save: (file: SavedFile) => Promise<boolean>;
  /** Saves the runs that the page shows as one self-contained HTML report. */
  readonly saveReport: (runs: readonly string[]) => Promise<boolean>;
  /** Saves a run as one file that opens on another machine. */
  readonly saveRun: (run: string) => Promise<boolean>;
  /** Opens what the page shows in a panel beside the editor. */
  readonly openBeside: (runs: readonly string[]) => Promise<void>;
  /** Asks the question of a run without merging and pruning, unless that has been done, and shows both side by side. */
  readonly compareWithFull: (run: string) => Promise<void>;
  /** Stops the questions that this page has asked; they reject with `cancelled`. */
  readonly stop: () => Promise<void>;
  /** Lets the user choose runs to compare with these, and shows them. */
  readonly chooseRuns: (runs: readonly string[]) => Promise<void>;
}

/** What the editor tells an analysis page. */
export interface AnalysisEvents {
  /** Shows something else; no runs for an empty page. */
  readonly show: (content: AnalysisContent) => void;
  /** How far a run is that the page has asked for; see progressText of core. */
  readonly progress: (run: string, text: string) => void;
}
