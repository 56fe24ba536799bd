import { patchCount, towerMerges, towerTokens } from "../tower-schedule.ts";
import { type BytesPerValue, HALF } from "./accelerators.ts";
import { attentionAt, type ExactOperator, linearAt, operatorAt, type Place } from "./exact-operator.ts";
import type { VisionShape } from "./shape.ts";

/** What a tower does with the pictures that it sees. */
export interface TowerRun {
  readonly frames: number;
  /** The share of its tokens that merging inside it leaves at its end; 1 where nothing merges. */
  readonly retention: number;
}

/**
 * The vision tower, each operator over all its layers; patch embedding included, merging inside the tower, and the keys that tokens are merged by after
 * it. A layer's attention is counted at the tokens that enter it, its MLP at those that its merging leaves.
 */
export function towerOperators(
  vision: VisionShape,
  { frames, retention }: TowerRun,
  bytesPer: BytesPerValue = HALF,
): ExactOperator[] {
  const { layers, heads, hidden, intermediate, patchSizePx, classTokens = 0, metricChannels } = vision;
  const place: Place = { stage: "vision", during: "vision", layer: null };
  const patches = patchCount(vision);
  const tokens = towerTokens(vision, retention).map((count) => count + classTokens); // [layers + 1]
  const entering = sum(tokens.slice(0, layers)) * frames;
  const left = sum(tokens.slice(1)) * frames;
  const pairs = {
    queries: entering,
    keys: entering,
    pairs: sum(tokens.slice(0, layers).map((count) => count ** 2)) * frames,
    heads,
    width: hidden,
    keyWidth: hidden,
  };
  const linear = (name: string, inputs: number, outputs: number, rows: number) =>
    linearAt(place, name, { inputs, outputs }, { rows, passes: frames * layers }, bytesPer);
  const once = (name: string, inputs: number, outputs: number, rows: number) =>
    linearAt(place, name, { inputs, outputs }, { rows: rows * frames, passes: frames }, bytesPer);
  return [
    once("patch_embed", 3 * patchSizePx ** 2, hidden, patches),
    linear("q_proj", hidden, hidden, entering),
    linear("k_proj", hidden, hidden, entering),
    linear("v_proj", hidden, hidden, entering),
    ...attentionAt(place, pairs, bytesPer),
    linear("out_proj", hidden, hidden, entering),
    ...mergeOperators(vision, { frames, retention }, place, bytesPer),
    linear("fc_1", hidden, intermediate, left),
    linear("fc_2", intermediate, hidden, left),
    ...(metricChannels === undefined ? [] : [once("merge_keys", hidden, metricChannels, patches + classTokens)]),
  ];
}

/** Merging inside the tower as its graph does it: see TowerMerging. */
function mergeOperators(
  vision: VisionShape,
  { frames, retention }: TowerRun,
  place: Place,
  bytesPer: BytesPerValue,
): ExactOperator[] {
  const { hidden, heads } = vision;
  const tokens = towerTokens(vision, retention);
  let flops = 0;
  let activations = 0;
  for (const [layer, merged] of towerMerges(vision, retention).entries()) {
    if (merged === 0) continue;
    const before = tokens[layer] ?? 0;
    const left = before - merged;
    flops += towerMergeFlops({ before, left, hidden, headDim: hidden / heads });
    activations += hidden * (2 * before + left); // keys and tokens in, tokens out
  }
  return flops === 0
    ? []
    : [operatorAt(place, "merge", flops * frames, { activations: activations * frames }, bytesPer)];
}

/**
 * FLOPs of one step: the mean of the keys over heads, their norms, the similarity of even and odd ones, the shares of each token in what is left, and the
 * product with these, which counts in full though most of them are 0.
 */
export function towerMergeFlops(step: {
  readonly before: number;
  readonly left: number;
  readonly hidden: number;
  readonly headDim: number;
}): number {
  const { before, left, hidden, headDim } = step;
  const odd = Math.floor(before / 2);
  const similarity = 2 * (before - odd) * odd * headDim;
  return before * hidden + 3 * before * headDim + similarity + 3 * left * before + 2 * left * before * hidden;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
