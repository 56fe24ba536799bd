/** What is shown of the heads of a layer: their mean, the largest of them, or one, counted from 0. */
export type Heads = "mean" | "max" | number;

/** The mean and the largest over all heads. */
interface ReducedHeads {
  /** [visual] */
  readonly mean: Float32Array;
  /** [visual] */
  readonly max: Float32Array;
}

/** Both reductions of `rows` [heads, visual] in one pass; NaN where a token is not present. */
export function reduceHeads(rows: Float32Array, heads: number): ReducedHeads {
  const visual = heads > 0 ? rows.length / heads : 0;
  const mean = new Float32Array(visual);
  const max = new Float32Array(visual).fill(Number.NEGATIVE_INFINITY);
  for (let head = 0; head < heads; head++) {
    const start = head * visual;
    for (let token = 0; token < visual; token++) {
      const value = rows[start + token] ?? Number.NaN;
      mean[token] = (mean[token] ?? 0) + value / heads;
      // Written so that NaN stays: no comparison with it is true.
      if (!(value <= (max[token] ?? 0))) max[token] = value;
    }
  }
  return { mean, max };
}

/** Reads what a dropdown or a kept state calls it; undefined for what is none of `count` heads. */
export function parseHeads(word: string, count: number): Heads | undefined {
  if (word === "mean" || word === "max") return word;
  const head = /^\d{1,4}$/.test(word) ? Number(word) : Number.NaN;
  return head < count ? head : undefined;
}

/** `mean of 28 heads`, `head 3`. */
export function headsText(heads: Heads, count: number): string {
  if (typeof heads === "number") return `head ${heads}`;
  return heads === "mean" ? `mean of ${count} heads` : `largest of ${count} heads`;
}
