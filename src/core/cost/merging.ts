/**
 * FLOPs of AIM's merging on one frame of `tokens` tokens, of which step k merges `steps[k]`, as the merge graph runs it: matrix products
 * with one-hot matrices choose and sum the tokens, so they count in full, though most of what they multiply is 0. Where similarity is taken
 * on vectors of `metricChannels` beside the tokens, these are merged as well.
 */
export function mergingFlops(
  tokens: number,
  channels: number,
  steps: readonly number[],
  metricChannels?: number,
): number {
  const compared = metricChannels ?? channels;
  const averaged = channels + (metricChannels ?? 0);
  let flops = 0;
  let remaining = tokens;
  for (const merged of steps) {
    const odd = Math.floor(remaining / 2);
    const even = remaining - odd;
    const staying = even - merged;
    const norms = 3 * remaining * compared;
    const similarity = 2 * even * odd * compared;
    const sums = 2 * even * odd * averaged + (remaining + 2 * odd) * averaged; // weighted, and then divided
    const stays = 2 * even * staying * averaged;
    const sizesAndRows = 2 * even * (odd + 2 * staying);
    flops += norms + similarity + sums + stays + sizesAndRows;
    remaining -= merged;
  }
  return flops;
}
