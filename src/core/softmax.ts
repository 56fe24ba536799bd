/** Anything below is a mask: -Infinity, or the lowest float32, which additive masks use. */
const MASKED = -1e30;

/** Softmax of `logits / temperature` in float64. Masked entries get 0, and so does everything where all are masked. */
export function softmax(logits: Float32Array, temperature = 1): Float64Array {
  const shares = new Float64Array(logits.length);
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) highest = Math.max(highest, logit);
  if (highest < MASKED) return shares;
  let sum = 0;
  for (let i = 0; i < shares.length; i++) {
    const share = Math.exp(((logits[i] ?? 0) - highest) / temperature);
    shares[i] = share;
    sum += share;
  }
  for (let i = 0; i < shares.length; i++) shares[i] = (shares[i] ?? 0) / sum;
  return shares;
}
