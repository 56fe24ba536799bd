/** The stages whose FLOPs the `exact` convention counts, in the order in which they run. */
export const STAGES = ["vision", "projector", "pooling", "merge", "prefill", "ranking", "lmHead", "decode"] as const;
export type Stage = (typeof STAGES)[number];

/** Language-model prefill as the release counts it (A100 roofline): see cost/aim.ts. */
export interface AimCost {
  readonly tflops: number;
  /** The same without merging and pruning. */
  readonly fullTflops: number;
  /** fullTflops / tflops. */
  readonly ratio: number;
  /** A100 roofline estimate in milliseconds. */
  readonly ms: number;
  readonly perLayerTflops: readonly number[];
}

/** What the run really executed: see cost/exact.ts. */
export interface ExactCost {
  readonly tflops: number;
  readonly fullTflops: number;
  readonly ratio: number;
  /** TFLOPs by stage; they add up to `tflops`. */
  readonly stages: Readonly<Record<Stage, number>>;
  readonly perLayerTflops: readonly number[];
}

/** Both conventions, side by side: every figure names its convention. */
export interface CostReport {
  readonly aim: AimCost;
  readonly exact: ExactCost;
}
