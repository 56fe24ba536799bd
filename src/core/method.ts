import type { MergeSettings } from "./merge-settings.ts";
import type { GridSize } from "./pool.ts";
import type { PruneSettings } from "./prune-settings.ts";

/**
 * How tokens can be ranked by the attention of a layer: by PageRank over it, or by how much the last query attends to them. To add one,
 * add a word here, its graph to model/rankings.ts and its FLOPs to cost/exact-operators.ts.
 */
export type RankingName = "pagerank" | "last-query";

/** What is cut: visual tokens before the LLM and inside it. */
export interface Reduction {
  readonly merge: MergeSettings;
  readonly prune: PruneSettings | "off";
}

/** What a user says of it. */
export interface ReductionPatch {
  readonly merge?: Partial<MergeSettings> | undefined;
  readonly prune?: PruneSettings | "off" | undefined;
}

/** What a model says of it: its depth, and what suits it. */
export interface Advice extends Reduction {
  readonly layers: number;
}

/** The visual tokens of one frame, or of a picture's crop or grid of crops. */
interface TokenGrid extends GridSize {
  /** [rows * columns, channels], row-major. */
  readonly values: Float32Array;
}

/** What is left of a TokenGrid. */
export interface ReducedGrid {
  /** [tokens, channels] */
  readonly values: Float32Array;
  /** [tokens before] The token that each became part of; -1 for one that was dropped. */
  readonly rows: Int32Array;
  /** [tokens] Where each lies on `grid`, row-major. */
  readonly positions: Int32Array;
  /** The grid that the tokens lie on: the one before, or a coarser one. */
  readonly grid: GridSize;
  /** What this took. */
  readonly flops: number;
}

/** Reduces the tokens of one grid, which gives order and position; `random` is a stream in [0, 1) that depends on the run's seed alone. */
export type PlainMerger = (tokens: TokenGrid, settings: MergeSettings, random: () => number) => ReducedGrid;

/** A way to cut visual tokens. To add one, write a file in methods/ and name it in methods.ts. */
export interface Method {
  readonly name: string;
  /** What it does, in words that follow its name and a verb's subject: "keeps every visual token". */
  readonly help: string;
  /** Before the LLM: AIM's merging of similar tokens in a graph, or a plain function. */
  readonly merger: "similar" | PlainMerger;
  /** Inside the LLM: which tokens stay where some go. Schedules of a method without one keep all or none. */
  readonly ranking: RankingName | "none";
  /** What it cuts where the user says `said`, on a model that gives `advice`. */
  readonly reduction: (said: ReductionPatch, advice: Advice) => Reduction;
}
