import { AimError } from "./errors.ts";
import { softmax } from "./softmax.ts";

/** How the next token is chosen from its logits. */
export interface SamplingRule {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Only the likeliest tokens that together reach this share are drawn from; 1 is all. */
  readonly topP: number;
}

/**
 * The id of the next token: the highest of `logits` [vocab] at temperature 0, else one drawn with `random`, which gives numbers in
 * [0, 1). Ties go to the lower id. -Infinity bars a token.
 *
 * Throws `invalid-model` for logits with NaN or +Infinity, or that bar every token.
 */
export function chooseToken(logits: Float32Array, { temperature, topP }: SamplingRule, random: () => number): number {
  const best = highest(logits);
  if (temperature === 0) return best;
  const shares = softmax(logits, temperature);
  return draw(shares, nucleus(shares, topP), random) ?? best;
}

function highest(logits: Float32Array): number {
  let best = 0;
  for (const [id, logit] of logits.entries()) {
    if (Number.isNaN(logit) || logit === Number.POSITIVE_INFINITY) throw broken(`the logit of token ${id} is ${logit}`);
    if (logit > (logits[best] ?? 0)) best = id;
  }
  if (!Number.isFinite(logits[best])) throw broken("no token has a finite logit");
  return best;
}

function broken(what: string): AimError {
  return new AimError("invalid-model", `the model gave no usable answer: ${what}`, {
    hint: "check that the checkpoint is complete, or choose another precision",
  });
}

/** The fewest ids, likeliest first, that together reach `topP`. */
function nucleus(shares: Float64Array, topP: number): number[] {
  // Tokens below this share cannot reach 1 - topP even together, so they need no sorting.
  const least = (1 - topP) / shares.length;
  const ids = [...shares.keys()].filter((id) => (shares[id] ?? 0) >= least);
  if (topP >= 1) return ids;
  ids.sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b);
  let reached = 0;
  const end = ids.findIndex((id) => {
    reached += shares[id] ?? 0;
    return reached >= topP;
  });
  return end < 0 ? ids : ids.slice(0, end + 1);
}

/** One of `ids` with a chance in proportion to its share; none if rounding leaves a crumb after the last. */
function draw(shares: Float64Array, ids: readonly number[], random: () => number): number | undefined {
  let left = random() * ids.reduce((sum, id) => sum + (shares[id] ?? 0), 0);
  return ids.find((id) => {
    left -= shares[id] ?? 0;
    return left < 0;
  });
}
