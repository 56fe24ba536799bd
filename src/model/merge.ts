import { Ops } from "#onnx/ops.ts";

/** Names of the merge graph's inputs and outputs. */
export const MERGE = {
  tokens: "tokens",
  metric: "metric",
  sizes: "sizes",
  count: "count",
  isSpatial: "is_spatial",
  merged: "merged",
  mergedMetric: "merged_metric",
  mergedSizes: "merged_sizes",
  rows: "rows",
  similarity: "similarity",
} as const;

/**
 * One merging step over all frames at once (AIM.md's rule; the plain form is core/merge.ts).
 *
 * Inputs: `tokens` [frames, n, channels]; `sizes` [frames, n, 1], the weight of each token in a mean (ones for the plain mean);
 * `count` int64 [1], how many pairs merge; `is_spatial` bool [1], the order of the result; `metric` [frames, n, metric channels]
 * where the similarity is not taken on the tokens themselves (`hasMetric`).
 * Outputs: `merged` [frames, n - count, channels], `merged_sizes`, `merged_metric`, `rows` int64 [frames, n], the output row
 * that each token became part of, and `similarity` [frames, ceil(n / 2)], the cosine of each even token with its most similar odd one.
 */
export function buildMerge(options: { hasMetric: boolean }): Ops {
  const g = new Ops("merge");
  const tokens = g.input(MERGE.tokens, "float32", ["frames", "n", "channels"]);
  const sizes = g.input(MERGE.sizes, "float32", ["frames", "n", 1]);
  const count = g.input(MERGE.count, "int64", [1]);
  const isSpatial = g.input(MERGE.isSpatial, "bool", [1]);
  const metric = options.hasMetric ? g.input(MERGE.metric, "float32", ["frames", "n", "metric"]) : tokens;

  const even = (x: string) => g.slice(x, 1, 0, undefined, 2); // A
  const odd = (x: string) => g.slice(x, 1, 1, undefined, 2); // B
  const { best, similarity } = g.scope("match", () => match(g, even(metric), odd(metric)));
  const evens = g.sizeOf(best, 1);
  const odds = g.sizeOf(odd(sizes), 1);

  // Falling similarity; the first `count` of A merge, the rest stay.
  const ranked = g.topK(similarity, evens, "largest").indices; // [frames, evens]
  const staying = g.slice(ranked, 1, count); // [frames, evens - count]
  const stays = oneHot(g, staying, evens); // [frames, staying, evens]
  const isMerged = g.sub(g.float(1), g.reduceSum(stays, 1, false)); // [frames, evens]
  const pairs = g.mul(oneHot(g, best, odds), g.unsqueeze(isMerged, 2)); // [frames, evens, odds]
  const sources = g.transpose(pairs, [0, 2, 1]); // [frames, odds, evens]

  // Rows of the result: [staying A, B] or, in spatial order, by position.
  const position = g.concat([g.mul(staying, g.int(2)), oddPositions(g, staying, odds)], 1); // [frames, out]
  const row = g.expand(g.unsqueeze(g.range(g.sizeOf(position, 1)), 0), g.node("Shape", [position]));
  const key = g.cast(g.where(isSpatial, position, row), "float32");
  const order = g.topK(key, g.sizeOf(position, 1), "smallest").indices; // [frames, out]: which row comes where

  const mergedSizes = g.add(odd(sizes), g.matmul(sources, even(sizes))); // [frames, odds, 1]
  const mean = (x: string) => {
    const weighted = g.mul(x, sizes);
    const sum = g.add(odd(weighted), g.matmul(sources, even(weighted)));
    return reorder(g, g.concat([g.matmul(stays, even(x)), g.div(sum, mergedSizes)], 1), order);
  };
  g.output(MERGE.merged, mean(tokens), "float32", ["frames", "out", "channels"]);
  if (options.hasMetric) g.output(MERGE.mergedMetric, mean(metric), "float32", ["frames", "out", "metric"]);
  const outSizes = reorder(g, g.concat([g.matmul(stays, even(sizes)), mergedSizes], 1), order);
  g.output(MERGE.mergedSizes, outSizes, "float32", ["frames", "out", 1]);
  g.output(
    MERGE.rows,
    g.scope("rows", () => outputRows(g, { best, stays, isMerged, order, evens, odds })),
    "int64",
    ["frames", "n"],
  );
  g.output(MERGE.similarity, similarity, "float32", ["frames", "evens"]);
  return g;
}

/**
 * For every even token the most similar odd one (the lower on a tie) and that cosine: [frames, evens, channels] and [frames, odds, channels] ->
 * int64 and float32 [frames, evens]. A zero vector has cosine 0.
 */
export function match(g: Ops, even: string, odd: string): { best: string; similarity: string } {
  const unit = (x: string) => g.div(x, g.max(g.reduceL2(x, -1), g.float(1e-30)));
  const cosine = g.matmul(unit(even), g.transpose(unit(odd), [0, 2, 1])); // [frames, evens, odds]
  return { best: g.argMax(cosine, -1), similarity: g.reduceMax(cosine, -1, false) };
}

/** indices [frames, k] -> [frames, k, size] with a 1 at each index. */
function oneHot(g: Ops, indices: string, size: string): string {
  return g.cast(g.equal(g.unsqueeze(indices, 2), g.range(size)), "float32");
}

/** Position of every odd token, [frames, odds]. */
function oddPositions(g: Ops, staying: string, odds: string): string {
  const positions = g.add(g.mul(g.range(odds), g.int(2)), g.int(1)); // [odds]
  return g.expand(g.unsqueeze(positions, 0), g.concat([g.sizeOf(staying, 0), odds], 0));
}

function reorder(g: Ops, rows: string, order: string): string {
  const wide = g.expand(g.unsqueeze(order, 2), g.node("Shape", [rows]));
  return g.gatherElements(rows, wide, 1);
}

interface Assignment {
  readonly best: string;
  readonly stays: string;
  readonly isMerged: string;
  readonly order: string;
  readonly evens: string;
  readonly odds: string;
}

/** The output row of every input token, [frames, n]. */
function outputRows(g: Ops, { best, stays, isMerged, order, evens, odds }: Assignment): string {
  const out = g.sizeOf(order, 1);
  const staying = g.sizeOf(stays, 1);
  // Where each unordered row ends up: the inverse of `order`.
  const inverse = g.topK(g.cast(order, "float32"), out, "smallest").indices; // [frames, out]
  // An even token is row `rank` while it stays, else the row of its odd partner.
  const rank = g.cast(g.squeeze(g.matmul(g.unsqueeze(g.cast(g.range(staying), "float32"), 0), stays), 1), "int64"); // [frames, evens]
  const partner = g.add(best, staying);
  const evenRows = g.where(g.less(g.float(0.5), isMerged), partner, rank);
  const rows = g.concat([g.gatherElements(inverse, evenRows, 1), g.slice(inverse, 1, staying)], 1); // [frames, evens then odds]
  const positions = g.concat([g.mul(g.range(evens), g.int(2)), g.add(g.mul(g.range(odds), g.int(2)), g.int(1))], 0); // [n]
  const back = g.topK(g.cast(positions, "float32"), g.add(evens, odds), "smallest").indices;
  return g.gather(rows, back, 1); // [frames, n]
}
