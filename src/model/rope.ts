import type { Ops } from "#onnx/ops.ts";
import type { DecoderConfig } from "./config.ts";

/** Cosines and sines of each token's rotary angles, each [n, headDim / 2]. */
export interface Rotation {
  readonly cos: string;
  readonly sin: string;
}

/** The rotation of tokens at `positions` (float32 [n]): any positions, so that a token keeps its own when others have gone. */
export function rotationAt(g: Ops, positions: string, { headDim, ropeTheta }: DecoderConfig): Rotation {
  const half = headDim / 2;
  const frequencies = Float32Array.from({ length: half }, (_, j) => 1 / ropeTheta ** ((2 * j) / headDim));
  const angles = g.mul(g.unsqueeze(positions, 1), g.floats("rope/frequencies", [1, half], frequencies)); // [n, half]
  return { cos: g.node("Cos", [angles]), sin: g.node("Sin", [angles]) };
}

/** Rotates the pairs (j, j + headDim / 2) of every head of x [n, heads * headDim]. Row t of the tables belongs to token t. */
export function rotate(g: Ops, x: string, heads: number, { cos, sin }: Rotation): string {
  const firstRow = g.ints(0);
  return g.squeeze(g.microsoft("RotaryEmbedding", [g.unsqueeze(x, 0), firstRow, cos, sin], { num_heads: heads }), 0);
}
