import { rowsOf } from "../vector.ts";

/**
 * Rotary position embedding: turns the pair (j, j + headDim / 2) of every head by position * theta^(-2j / headDim).
 *
 * `x` is [rows, heads, headDim], `positions` [rows] the tokens' original positions.
 */
export function rotate(x: Float32Array, positions: Int32Array, headDim: number, theta: number): Float32Array {
  const half = headDim / 2;
  const rotated = new Float32Array(x);
  for (const [index, row] of rowsOf(rotated, x.length / positions.length).entries()) {
    const position = positions[index] ?? 0;
    for (const head of rowsOf(row, headDim)) {
      for (let j = 0; j < half; j++) {
        const angle = position * theta ** ((-2 * j) / headDim);
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const [a, b] = [head[j] ?? 0, head[j + half] ?? 0];
        head[j] = a * cos - b * sin;
        head[j + half] = b * cos + a * sin;
      }
    }
  }
  return rotated;
}
