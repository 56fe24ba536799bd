import type { VisionShape } from "./cost/shape.ts";

/** Patches of a picture: the tokens that enter a tower. */
export function patchCount({ imageSizePx, patchSizePx }: VisionShape): number {
  return Math.floor(imageSizePx / patchSizePx) ** 2;
}

/**
 * [layers] How many tokens merge after the attention of each layer of a tower so that `retention` of its patches are left: about as many in each
 * layer of the first half, none in the second. Where a step would be more than half of the tokens, what is too much is left to the next layer.
 *
 * Large steps merge even what is not alike: halving at a quarter and a half of the layers was less accurate at the same cost (docs/vision.md).
 */
export function towerMerges(vision: VisionShape, retention: number): number[] {
  const patches = patchCount(vision);
  const total = patches - Math.max(1, Math.ceil(retention * patches - ROUNDING));
  const steps = Math.ceil(vision.layers / 2);
  const wanted = Array.from({ length: vision.layers }, (_, layer) => {
    const after = (count: number) => Math.round((total * Math.min(count, steps)) / steps);
    return after(layer + 1) - after(layer);
  });
  return limitToHalves(wanted, patches);
}

/** Products such as 0.55 * 100 land a rounding error beside the whole number that is meant. */
const ROUNDING = 1e-9;

/** A step can merge half of the tokens at most; what it cannot is left to the next layer. */
function limitToHalves(merges: readonly number[], patches: number): number[] {
  let left = patches;
  let owed = 0;
  return merges.map((wanted) => {
    const merged = Math.min(wanted + owed, Math.floor(left / 2));
    owed += wanted - merged;
    left -= merged;
    return merged;
  });
}

/** [layers + 1] Tokens that enter each layer of a tower, and those that leave the last one. */
export function towerTokens(vision: VisionShape, retention: number): number[] {
  const tokens = [patchCount(vision)];
  for (const merged of towerMerges(vision, retention)) tokens.push((tokens.at(-1) ?? 0) - merged);
  return tokens;
}
