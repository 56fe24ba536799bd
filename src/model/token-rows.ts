import type { Ops } from "#onnx/ops.ts";

/** More than there are rows, and small enough that every row below it is exact in float32. */
const NEVER = 2 ** 22;

/**
 * Ascending rows where `flag` (float32 [n]) is 1, of which there are `count` (int64 [1]). As a TopK and not NonZero, whose result has a size
 * that a device must be asked for, at every layer and token.
 */
export function rowsWith(g: Ops, flag: string, count: string): string {
  const row = g.cast(g.range(g.sizeOf(flag, 0)), "float32");
  return g.topK(g.sub(g.mul(flag, g.float(NEVER)), row), count, "largest").indices; // int64 [count]
}

/**
 * Ascending rows of all text tokens and of the most important visual ones, `count` (int64 [1]) in all; the lower row on a tie.
 * Text ranks above everything, and what has no importance (NaN) below.
 */
export function chooseTokens(g: Ops, importance: string, isText: string, count: string): string {
  const known = g.where(g.node("IsNaN", [importance]), g.float(0), importance);
  const score = g.where(g.cast(isText, "bool"), g.float(3e38), g.min(known, g.float(1e38)));
  const chosen = g.topK(score, count, "largest").indices;
  return g.topK(chosen, count, "smallest").values; // int64 [count]
}
