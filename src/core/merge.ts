import { AimError } from "./errors.ts";
import type { MergeSettings } from "./merge-settings.ts";
import { addScaled, dot, products, rowsOf } from "./vector.ts";

/** Which tokens of one step merge: the decision, not yet applied. */
export interface TokenMatch {
  /** [sources] All even positions, most similar first; the first `merged` merge, the others stay. */
  readonly sources: Int32Array;
  /** [sources] The odd position most similar to each source; -1 where there is no odd token. */
  readonly destinations: Int32Array;
  /** [sources] Cosine of source and destination. */
  readonly similarity: Float32Array;
  readonly merged: number;
}

/** Tokens and how many original tokens each one stands for. */
export interface TokenSet {
  /** [tokens, channels] */
  readonly values: Float32Array;
  /** [tokens] */
  readonly sizes: Int32Array;
}

export interface MergedTokens extends TokenSet {
  /** [tokens before] The row of `values` that each token became part of. */
  readonly assign: Int32Array;
}

type MergeRule = Pick<MergeSettings, "order" | "weighting">;

/** Products such as 0.55 * 100 land a rounding error beside the whole number that is meant. */
const ROUNDING = 1e-9;

/**
 * How many tokens each step merges so that at least `retention * tokens` stay: whole halvings (the k-th step merges at most
 * tokens / 2^k, as the release does), the last one shortened where `retention` is not a power of two. Steps that would
 * merge nothing are left out; `retention` is in (0, 1].
 */
export function mergeSteps(tokens: number, retention: number): number[] {
  if (!(retention > 0 && retention <= 1)) {
    throw new AimError("invalid-argument", `retention must be above 0 and at most 1, got ${retention}`);
  }
  const halvings = Math.ceil(Math.log2(1 / retention));
  const steps: number[] = [];
  let remaining = tokens;
  for (let k = 1; k <= halvings; k++) {
    const spare = Math.floor(remaining - retention * tokens + ROUNDING);
    const step = Math.min(Math.floor(tokens / 2 ** k), Math.floor(remaining / 2), spare);
    if (step > 0) steps.push(step);
    remaining -= step;
  }
  return steps;
}

/** How many tokens all steps leave. */
export function tokensLeft(tokens: number, retention: number): number {
  return mergeSteps(tokens, retention).reduce((left, step) => left - step, tokens);
}

/**
 * Finds for each even token its most similar odd token, and ranks the even tokens by that similarity.
 *
 * `metric` is row-major [tokens, channels]; similarity is the cosine, 0 with a zero vector. Ties go to the lower index, both
 * between destinations and in the ranking: cosines are rounded to float32, so float64 noise breaks no tie. `r` is
 * clamped to floor(tokens / 2).
 * Source: AIM, arXiv 2412.03248, after ToMe, arXiv 2210.09461.
 */
export function matchTokens(metric: Float32Array, tokens: number, channels: number, r: number): TokenMatch {
  if (metric.length !== tokens * channels) {
    throw new AimError("invalid-argument", `metric must hold ${tokens} x ${channels} values, got ${metric.length}`);
  }
  const vectors = rowsOf(metric, channels);
  const odd = vectors.filter((_, position) => position % 2 === 1);
  const oddNorms = odd.map(norm);
  const pairs = vectors
    .filter((_, position) => position % 2 === 0)
    .map((source, index) => ({ source: 2 * index, ...mostSimilar(cosines(source, odd, oddNorms)) }))
    .sort((a, b) => b.similarity - a.similarity || a.source - b.source);
  return {
    sources: Int32Array.from(pairs, (pair) => pair.source),
    destinations: Int32Array.from(pairs, (pair) => pair.destination),
    similarity: Float32Array.from(pairs, (pair) => pair.similarity),
    merged: Math.min(r, odd.length),
  };
}

const norm = (vector: Float32Array) => Math.sqrt(dot(vector, vector));

/** [others] Rounded to float32; 0 with a zero vector. */
function cosines(source: Float32Array, others: readonly Float32Array[], otherNorms: readonly number[]): Float32Array {
  const sourceNorm = norm(source);
  return Float32Array.from(
    products(others, source),
    (product, i) => product / (sourceNorm * (otherNorms[i] ?? 0)) || 0,
  );
}

/** The odd position of highest similarity, the lower on a tie. */
function mostSimilar(similarities: Float32Array): { destination: number; similarity: number } {
  let best = { destination: similarities.length === 0 ? -1 : 1, similarity: Number.NEGATIVE_INFINITY };
  for (const [index, similarity] of similarities.entries()) {
    if (similarity > best.similarity) best = { destination: 2 * index + 1, similarity };
  }
  return best;
}

/**
 * Applies `match` to `set` [tokens, channels]: every destination becomes the mean of itself and its sources of this step, either
 * plain or weighted by size.
 *
 * Order `reference`: unmerged even tokens, most similar first, then all odd ones; `spatial`: by position.
 */
export function mergeTokens(set: TokenSet, channels: number, match: TokenMatch, rule: MergeRule): MergedTokens {
  const tokens = set.sizes.length;
  if (set.values.length !== tokens * channels || match.sources.length !== Math.ceil(tokens / 2)) {
    const got = `${set.values.length} values and ${match.sources.length} sources`;
    throw new AimError(
      "invalid-argument",
      `values and match must fit ${tokens} tokens of ${channels} channels, got ${got}`,
    );
  }
  const assign = outputRows(match, tokens, rule.order);
  const sizes = new Int32Array(tokens - match.merged);
  const weights = new Float64Array(sizes.length);
  const sums = Array.from(sizes, () => new Float64Array(channels));
  for (const [token, values] of rowsOf(set.values, channels).entries()) {
    const row = assign[token] ?? 0;
    const size = set.sizes[token] ?? 0;
    const weight = rule.weighting === "size" ? size : 1;
    sizes[row] = (sizes[row] ?? 0) + size;
    weights[row] = (weights[row] ?? 0) + weight;
    addScaled(sums[row] ?? new Float64Array(), weight, values);
  }
  const values = new Float32Array(sizes.length * channels);
  for (const [row, sum] of sums.entries()) {
    const mean = sum.map((value) => value / (weights[row] ?? 1));
    values.set(mean, row * channels);
  }
  return { values, sizes, assign };
}

/** The row of the output that each of `tokens` becomes part of. */
function outputRows(match: TokenMatch, tokens: number, order: MergeRule["order"]): Int32Array {
  const odd = Int32Array.from({ length: Math.floor(tokens / 2) }, (_, index) => 2 * index + 1);
  const staying = Int32Array.from([...match.sources.subarray(match.merged), ...odd]);
  if (order === "spatial") staying.sort();
  const rows = new Int32Array(tokens);
  for (const [row, position] of staying.entries()) rows[position] = row;
  for (const [index, source] of match.sources.subarray(0, match.merged).entries()) {
    rows[source] = rows[match.destinations[index] ?? 0] ?? 0;
  }
  return rows;
}

/** One frame's tokens, or one picture's. */
export interface Frame {
  /** [tokens, channels] */
  readonly values: Float32Array;
  readonly tokens: number;
  readonly channels: number;
  /** What similarity is taken on, [tokens, metric.channels]; the values themselves unless given. */
  readonly metric?: { readonly values: Float32Array; readonly channels: number };
}

export interface MergedFrame extends MergedTokens {
  readonly tokens: number;
}

/** Runs all `steps` (see mergeSteps) on one frame. `assign` goes from the frame's tokens to the last step's rows. */
export function mergeFrame(frame: Frame, steps: readonly number[], rule: MergeRule): MergedFrame {
  let merged: MergedTokens = {
    values: frame.values,
    sizes: new Int32Array(frame.tokens).fill(1),
    assign: Int32Array.from({ length: frame.tokens }, (_, token) => token),
  };
  let metric = frame.metric?.values;
  const metricChannels = frame.metric?.channels ?? frame.channels;
  for (const r of steps) {
    const match = matchTokens(metric ?? merged.values, merged.sizes.length, metricChannels, r);
    if (metric) metric = mergeTokens({ values: metric, sizes: merged.sizes }, metricChannels, match, rule).values;
    const step = mergeTokens(merged, frame.channels, match, rule);
    merged = { ...step, assign: merged.assign.map((row) => step.assign[row] ?? 0) };
  }
  return { ...merged, tokens: merged.sizes.length };
}
