import { AimError } from "./errors.ts";

/**
 * Positions that stay, ascending: all text tokens and the `keepVisual` visual tokens of highest importance (all of them where
 * there are fewer). Ties go to the lower position; NaN counts as 0.
 *
 * `importance` and `isText` (1 for text) are [tokens], over the tokens that are present.
 * Source: AIM, arXiv 2412.03248.
 */
export function keepTokens(
  importance: Float32Array | Float64Array,
  isText: Uint8Array,
  keepVisual: number,
): Int32Array {
  if (importance.length !== isText.length) {
    throw new AimError("invalid-argument", `isText must hold ${importance.length} values, got ${isText.length}`);
  }
  const score = (position: number) => importance[position] || 0; // of NaN, too
  const positions = Int32Array.from(isText.keys());
  const text = positions.filter((position) => isText[position]);
  const visual = positions.filter((position) => !isText[position]).sort((a, b) => score(b) - score(a) || a - b);
  return Int32Array.from([...text, ...visual.subarray(0, keepVisual)]).sort();
}
