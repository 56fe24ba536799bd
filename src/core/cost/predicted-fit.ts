import type { StageWork, Term } from "./predicted-work.ts";

/** A stage that was measured: what it did, and how long it took. */
export interface StageSample {
  readonly work: StageWork;
  readonly ms: number;
}

/** A sample counts this much less than the next one, but never less than the floor: what was measured first may be all that differs from the rest. */
const AGEING = { perSample: 0.93, least: 0.1 };
/** How strongly terms stay at their reference, as samples of weight 1: few samples that are alike must not tell terms apart. */
const RIDGE = 0.1;
/** From this relative error on, a sample counts by its distance, not its square: a busy moment of the machine. */
const HUBER = 0.1;
/** No term becomes cheaper than this share of its reference: time never falls as work grows. */
const LEAST_SHARE = 0.02;
const ROUNDS = 25;

/**
 * Milliseconds for one of each of `terms`, fitted to `samples`, of which the newest are last and weigh most. Undefined if no sample did any work.
 *
 * First all terms are scaled alike, by the weighted median of measured time over that of the reference; then each by itself, so that the relative
 * errors become small: least squares with a ridge, errors beyond HUBER damped, by coordinate descent.
 */
export function fitTerms(samples: readonly StageSample[], terms: readonly Term[]): readonly number[] | undefined {
  const reference = terms.map(({ referenceMs }) => referenceMs);
  const known = samples
    .map((sample, index) => ({ ...sample, weight: ageWeight(samples.length - 1 - index) }))
    .filter(({ work, ms }) => ms > 0 && dot(work, reference) > 0);
  if (known.length === 0) return undefined;
  const scale = weightedMedian(known.map(({ work, ms, weight }) => ({ value: ms / dot(work, reference), weight })));
  const scaled = reference.map((each) => each * scale);
  const rows = known.map(({ work, ms, weight }) => ({
    shares: scaled.map((each, i) => (each * (work[i] ?? 0)) / ms),
    weight,
  }));
  const factors = fitFactors(rows, terms.length);
  return scaled.map((each, i) => each * (factors[i] ?? 1));
}

/** Milliseconds that `work` takes at `rates` a term. */
export function stageMs(work: StageWork, rates: readonly number[]): number {
  return dot(work, rates);
}

const ageWeight = (age: number) => Math.max(AGEING.least, AGEING.perSample ** age);

/** A sample as shares of its measured time: they add up to 1 where the scaled reference is right. */
interface Row {
  readonly shares: readonly number[];
  readonly weight: number;
}

/** One factor a term, near 1. */
function fitFactors(rows: readonly Row[], terms: number): readonly number[] {
  const factors = new Array<number>(terms).fill(1);
  for (let round = 0; round < ROUNDS; round++) {
    const weights = rows.map(({ shares, weight }) => weight * Math.min(1, HUBER / Math.abs(dot(shares, factors) - 1)));
    for (let i = 0; i < terms; i++) {
      let [above, below] = [RIDGE, RIDGE];
      for (const [index, { shares }] of rows.entries()) {
        const share = shares[i] ?? 0;
        const weight = weights[index] ?? 0;
        const rest = dot(shares, factors) - share * (factors[i] ?? 1);
        above += weight * share * (1 - rest);
        below += weight * share * share;
      }
      factors[i] = Math.max(LEAST_SHARE, above / below);
    }
  }
  return factors;
}

/** The least value that half of the weight does not exceed. */
function weightedMedian(values: readonly { readonly value: number; readonly weight: number }[]): number {
  const half = values.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let reached = 0;
  const sorted = values.toSorted((a, b) => a.value - b.value);
  for (const { value, weight } of sorted) {
    reached += weight;
    if (reached >= half) return value;
  }
  return sorted.at(-1)?.value ?? 0;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
