import type { Ops } from "#onnx/ops.ts";

/**
 * Blocks of an unrolled sweep: more of them open more slowly (2.4 s for 28 layers of 4 on a CPU, 11.8 s for 16), fewer need more memory for the logits of one,
 * [heads, n / blocks, n] in float32, which must fit into one buffer of the device (2 GiB at best).
 */
const BLOCKS = 8;

/** The ranges of `count` (int64 [1]) queries in blocks of nearly equal size, last block first, and the size of the largest; int64 [1] each. */
export function unrolledBlocks(
  g: Ops,
  count: string,
): { largest: string; ranges: readonly { start: string; end: string }[] } {
  const bound = (block: number) => g.div(g.mul(count, g.ints(block)), g.ints(BLOCKS)); // 0 .. count
  const bounds = Array.from({ length: BLOCKS + 1 }, (_, block) => (block < BLOCKS ? bound(block) : count));
  const ranges = bounds.slice(1).map((end, block) => ({ start: bounds[block] ?? end, end }));
  return { largest: g.div(g.add(count, g.ints(BLOCKS - 1)), g.ints(BLOCKS)), ranges: ranges.reverse() };
}
