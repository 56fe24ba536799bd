import type { PartPrecisions, PrecisionName } from "./precision.ts";

/** A model to be made ready for use under a name. */
export interface ImportRequest {
  /** A checkpoint folder, absolute, or a repository of a hub: `organisation/name`, `organisation/name@revision`. */
  readonly source: string;
  /** What it will be called; absent: as the source is. */
  readonly name?: string;
  /** What its weights are converted to. Absent: `auto`. */
  readonly precision?: PrecisionName;
  /** Whether a model of the same name may be replaced. */
  readonly replaces?: boolean;
  /** The hub, or a mirror of it; absent: Hugging Face's. */
  readonly hubUrl?: string;
  /** For private repositories. */
  readonly token?: string;
}

/** What an import would take, as far as it can be told before anything is downloaded or written. */
export interface ImportPlan {
  readonly name: string;
  /** Family, sizes and the like, in words and numbers, by the name to show. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Still to be downloaded; 0 for a folder, or where all is here already. */
  readonly downloadBytes: number;
  /** What the imported model will take on disk, and what it has to itself of the memory when it is open. */
  readonly diskBytes: number;
  /** Why it cannot be imported. */
  readonly problem?: { readonly message: string; readonly hint?: string };
}

/** A model that is ready. */
export interface ImportedModel {
  readonly name: string;
  readonly folder: string;
  readonly precision: PartPrecisions;
}

/** The parts of an import, in their order; bytes are counted in `download` and `convert`. */
export type ImportStage = "download" | "convert" | "check";
