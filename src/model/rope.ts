import type { Ops } from "#onnx/ops.ts";
import type { DecoderConfig } from "./config.ts";

/** Cosines and sines of each token's rotary angles, each [n, headDim / 2]. */
export interface Rotation {
  readonly cos: string;
  readonly sin: string;
}

/**
 * The rotation of tokens at `positions` (float32 [n]): any positions, so that a token keeps its own when others have gone.
 *
 * In float64, which ONNX Runtime leaves to the CPU on every device: WebGPU allows its cosines an error of 2^-11, and more for large angles, which in float32
 * on a software adapter moved logits by 3e-4. The angle itself is rounded to float32, as the reference's.
 */
export function rotationAt(g: Ops, positions: string, { headDim, ropeTheta }: DecoderConfig): Rotation {
  const half = headDim / 2;
  const wide = (x: string) => g.cast(x, "float64");
  const frequencies = Float32Array.from({ length: half }, (_, j) => 1 / ropeTheta ** ((2 * j) / headDim));
  const product = g.mul(g.unsqueeze(wide(positions), 1), wide(g.floats("rope/frequencies", [1, half], frequencies))); // [n, half]
  const angles = wide(g.cast(product, "float32"));
  return { cos: g.cast(g.node("Cos", [angles]), "float32"), sin: g.cast(g.node("Sin", [angles]), "float32") };
}

/** Rotates the pairs (j, j + headDim / 2) of every head of x [n, heads * headDim]. Row t of the tables belongs to token t. */
export function rotate(g: Ops, x: string, heads: number, { cos, sin }: Rotation): string {
  const firstRow = g.ints(0);
  return g.squeeze(g.microsoft("RotaryEmbedding", [g.unsqueeze(x, 0), firstRow, cos, sin], { num_heads: heads }), 0);
}
