import type { ExactCostInput } from "./exact-input.ts";
import type { ExactOperator } from "./exact-operator.ts";
import { exactOperators } from "./exact-operators.ts";
import { type ExactCost, STAGES, type Stage } from "./report.ts";

/**
 * The convention `exact`: the FLOPs that a run executes, stage by stage, 2 per multiply-add.
 *
 * Counted are matrix products (attention in full, n x n, as kernels without a causal shortcut run it), and beside them all of pooling,
 * merging (see mergingFlops) and ranking; norms, activations and the softmax of attention are left out. lm_head runs on one row a forward pass.
 * The full counterpart has the same encoded frames, prompt and answer length, and neither merges, in the tower or after it, nor prunes.
 */
export function exactCost(input: ExactCostInput): ExactCost {
  const operators = exactOperators(input);
  const full = exactOperators(unreduced(input));
  return exactReport(stageTflops(operators), stageTflops(full), prefillByLayer(operators, input.perLayer.length));
}

/** The full counterpart of a run. */
export function unreduced(input: ExactCostInput): ExactCostInput {
  const perLayer = input.perLayer.map(() => input.text + input.fullVisual);
  return { ...input, towerRetention: 1, mergeFlops: 0, importanceLayers: [], perLayer, kvPerLayer: perLayer };
}

/** TFLOPs by stage. */
export type StageTflops = Readonly<Record<Stage, number>>;

/** Adds up what `operators` take, stage by stage. */
export function stageTflops(operators: readonly ExactOperator[]): StageTflops {
  const flops = { vision: 0, projector: 0, pooling: 0, merge: 0, prefill: 0, ranking: 0, lmHead: 0, decode: 0 };
  for (const operator of operators) flops[operator.stage] += operator.flops;
  const { vision, projector, pooling, merge, prefill, ranking, lmHead, decode } = flops;
  return {
    vision: vision / 1e12,
    projector: projector / 1e12,
    pooling: pooling / 1e12,
    merge: merge / 1e12,
    prefill: prefill / 1e12,
    ranking: ranking / 1e12,
    lmHead: lmHead / 1e12,
    decode: decode / 1e12,
  };
}

/** [layers] TFLOPs of prefill, ranking left out. */
export function prefillByLayer(operators: readonly ExactOperator[], layers: number): number[] {
  const flops = new Array<number>(layers).fill(0);
  for (const { stage, layer, flops: own } of operators) {
    if (stage === "prefill" && layer !== null) flops[layer] = (flops[layer] ?? 0) + own;
  }
  return flops.map((each) => each / 1e12);
}

/** Puts a run beside its full counterpart; `perLayerTflops` is that of prefill. */
export function exactReport(stages: StageTflops, full: StageTflops, perLayerTflops: readonly number[]): ExactCost {
  const total = (each: StageTflops) => STAGES.reduce((sum, stage) => sum + each[stage], 0);
  const [tflops, fullTflops] = [total(stages), total(full)];
  return { tflops, fullTflops, ratio: fullTflops / tflops, stages, perLayerTflops };
}
