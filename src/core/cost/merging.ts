/**
 * FLOPs of AIM's merging on one frame of `tokens` tokens, of which step k merges `steps[k]`, as the merge graph runs it: matrix products
 * with one-hot matrices choose and sum the tokens, so they count in full, though most of what they multiply is 0.
 */
export function mergingFlops(tokens: number, channels: number, steps: readonly number[]): number {
  let flops = 0;
  let remaining = tokens;
  for (const merged of steps) {
    const odd = Math.floor(remaining / 2);
    const even = remaining - odd;
    const staying = even - merged;
    const norms = 3 * remaining * channels;
    const similarity = 2 * even * odd * channels;
    const sums = 2 * even * odd * channels + (remaining + 2 * odd) * channels; // weighted, and then divided
    const stays = 2 * even * staying * channels;
    const sizesAndRows = 2 * even * (odd + 2 * staying);
    flops += norms + similarity + sums + stays + sizesAndRows;
    remaining -= merged;
  }
  return flops;
}
