import { one } from "#onnx/graph.ts";
import type { Ops } from "#onnx/ops.ts";
import type { AttentionForm } from "./attention-form.ts";
import { patchesPerSide, type VisionConfig } from "./config.ts";
import { match } from "./merge.ts";

/** The graph's input: int64 [layers], how many tokens merge after the attention of each layer of the tower; all 0 for a plain tower. */
export const TOWER_MERGES = "tower_merges";

/** What attention reads, each [tokens, hidden]. */
export interface TowerAttention {
  readonly q: string;
  readonly k: string;
  readonly v: string;
}

/** Adds a norm over x [tokens, hidden] to a graph or to a branch of it. */
export type NormOf = (g: Ops, x: string) => string;

/**
 * Merges similar tokens between attention and MLP of a tower's layers (ToMe): even tokens into their most similar odd ones, by the mean of
 * their keys over heads, each merged token being the mean of its patches. Later attention weighs a token by how many patches it stands for.
 * The plain form is core/reference/vision.ts.
 *
 * Everything lies in branches that run only where `TOWER_MERGES` asks for it. Holds what the layers so far made of the patches, so that layers must be
 * built in their order.
 *
 * Source: arXiv 2210.09461; AIM's own merging, before the LLM, is merge.ts.
 */
export class TowerMerging {
  readonly #g: Ops;
  readonly #heads: number;
  readonly #headDim: number;
  readonly #form: AttentionForm["cached"];
  readonly #counts: string;
  /** [tokens, 1] How many patches each token stands for. */
  #sizes: string;
  /** int64 [patches] The token that each patch is part of. */
  #rows: string;
  #layer = 0;

  constructor(g: Ops, vision: VisionConfig, form: AttentionForm["cached"] = "fused") {
    const patches = patchesPerSide(vision) ** 2;
    this.#g = g;
    this.#heads = vision.heads;
    this.#headDim = vision.hidden / vision.heads;
    this.#form = form;
    this.#counts = g.input(TOWER_MERGES, "int64", [vision.layers]);
    this.#sizes = g.expand(g.float(1), g.ints(patches, 1));
    this.#rows = g.range(g.ints(patches));
  }

  /** Attention of the next layer, [tokens, hidden]. */
  attend(attention: TowerAttention): string {
    const g = this.#g;
    if (this.#layer === 0) return attendAll(g, attention, this.#heads, this.#form);
    const merged = g.less(g.ints(0), g.reduceSum(g.slice(this.#counts, 0, 0, this.#layer), 0)); // bool [1]
    const [weighed, plain] = [g.branch("weighed"), g.branch("plain")];
    const sizes = this.#sizes;
    weighed.output(weighed.path("out"), this.#attendBySize(weighed, attention, sizes), "float32");
    plain.output(plain.path("out"), attendAll(plain, attention, this.#heads, this.#form), "float32");
    return one(g.if(merged, weighed, plain), 0);
  }

  /**
   * softmax(q.k / sqrt(headDim) + log(size of the key)) v. The logarithm is one channel more of the keys, which meets a constant one of the queries, so
   * that the fused kernel serves.
   */
  #attendBySize(g: Ops, { q, k, v }: TowerAttention, sizes: string): string {
    const [heads, headDim] = [this.#heads, this.#headDim];
    const scale = 1 / Math.sqrt(headDim);
    const split = (x: string) => g.reshape(x, [-1, heads, headDim]); // [tokens, heads, headDim]
    const logs = g.unsqueeze(g.node("Log", [sizes]), 2); // [tokens, 1, 1]
    const column = g.expand(logs, g.concat([g.sizeOf(k, 0), g.ints(heads, 1)], 0)); // [tokens, heads, 1]
    const wide = (x: string) => g.reshape(x, [-1, heads * (headDim + 1)]);
    const queries = wide(g.node("Pad", [split(q), g.ints(0, 0, 0, 0, 0, 1), g.float(1 / scale)]));
    const keys = wide(g.concat([split(k), column], 2));
    return attendAll(g, { q: queries, k: keys, v }, heads, this.#form, scale);
  }

  /**
   * `x` plus the `change` that attention made, [tokens, hidden] both, and its norm, of which the MLP makes its own change; merged as the layer is told,
   * similarity being taken on `keys` [tokens, hidden]. Ends the layer.
   */
  merge(x: string, change: string, keys: string, norm: NormOf): { readonly sum: string; readonly normed: string } {
    const g = this.#g;
    const count = g.slice(this.#counts, 0, this.#layer, this.#layer + 1); // int64 [1]
    const [merged, same] = [g.branch("merged"), g.branch("same")];
    const sum = same.add(x, change);
    declare(same, [sum, norm(same, sum), same.node("Identity", [this.#sizes]), same.node("Identity", [this.#rows])]);

    const { values, sizes, rows } = this.#mergeTokens(merged, merged.add(x, change), keys, count);
    declare(merged, [values, norm(merged, values), sizes, merged.gather(rows, this.#rows, 0)]);

    const results = g.if(g.less(g.ints(0), count), merged, same);
    this.#sizes = one(results, 2);
    this.#rows = one(results, 3);
    this.#layer++;
    return { sum: one(results, 0), normed: one(results, 1) };
  }

  /** The step of core/merge.ts in order `reference`, weighted by size: tokens that stay first, then the odd ones. */
  #mergeTokens(g: Ops, x: string, keys: string, count: string): { values: string; sizes: string; rows: string } {
    const tokens = g.sizeOf(x, 0);
    const perHead = g.reshape(keys, [-1, this.#heads, this.#headDim]);
    const metric = g.unsqueeze(g.reduceMean(perHead, [1], false), 0); // [1, tokens, headDim]
    const { best, similarity } = match(g, g.slice(metric, 1, 0, undefined, 2), g.slice(metric, 1, 1, undefined, 2));
    const evens = g.sizeOf(best, 1);
    const staying = g.sub(evens, count);
    const ranked = g.topK(similarity, evens, "largest").indices; // [1, evens], most similar first
    const rank = g.topK(g.cast(ranked, "float32"), evens, "smallest").indices; // [1, evens], its inverse
    const evenRows = g.where(g.less(rank, count), g.add(best, staying), g.sub(rank, count)); // [1, evens]
    const oddRows = g.unsqueeze(g.add(g.range(evens), staying), 0); // [1, evens], one too many where tokens are odd
    const paired = g.concat([g.unsqueeze(evenRows, 2), g.unsqueeze(oddRows, 2)], 2); // [1, evens, 2]
    const rows = g.slice(g.reshape(paired, [-1]), 0, 0, tokens); // [tokens]

    const left = g.range(g.sub(tokens, count));
    const isPart = g.cast(g.equal(g.unsqueeze(left, 1), g.unsqueeze(rows, 0)), "float32"); // [left, tokens]
    const weights = g.mul(isPart, g.transpose(this.#sizes, [1, 0]));
    const sizes = g.reduceSum(weights, 1); // [left, 1]
    return { values: g.matmul(g.div(weights, sizes), x), sizes, rows };
  }

  /** Gives every patch what its token has: [tokens, channels] -> [patches, channels]. After all layers. */
  unmerge(x: string): string {
    return this.#g.gather(x, this.#rows, 0);
  }
}

/** Attention of all tokens to all, [tokens, hidden]; the scale is 1 / sqrt(channels of a head) unless given. */
export function attendAll(
  g: Ops,
  { q, k, v }: TowerAttention,
  heads: number,
  form: AttentionForm["cached"],
  scale?: number,
): string {
  if (form === "blocks") return attendInProducts(g, { q, k, v }, heads, scale);
  const inputs = [q, k, v].map((x) => g.unsqueeze(x, 0)); // [1, tokens, hidden]
  const attributes = { num_heads: heads, ...(scale !== undefined && { scale: { float: scale } }) };
  return g.squeeze(g.microsoft("MultiHeadAttention", inputs, attributes), 0);
}

/** The same without the fused kernel, for devices on which it is wrong. Holds [heads, tokens, tokens]: a tower has few tokens. */
function attendInProducts(g: Ops, { q, k, v }: TowerAttention, heads: number, scale?: number): string {
  const byHead = (x: string) => g.transpose(g.reshape(x, g.concat([g.sizeOf(x, 0), g.ints(heads, -1)], 0)), [1, 0, 2]);
  const queries = byHead(q); // [heads, tokens, channels]
  const channels = g.cast(g.sizeOf(queries, 2), "float32");
  const factor = scale === undefined ? g.div(g.float(1), g.sqrt(channels)) : g.float(scale);
  const logits = g.matmul(g.mul(queries, factor), g.transpose(byHead(k), [0, 2, 1])); // [heads, tokens, tokens]
  const out = g.transpose(g.matmul(g.softmax(logits), byHead(v)), [1, 0, 2]); // [tokens, heads, channels of v]
  return g.reshape(out, g.concat([g.sizeOf(out, 0), g.ints(-1)], 0));
}

/** The outputs of a branch of `merge`. */
function declare(branch: Ops, [sum, normed, sizes, rows]: [sum: string, normed: string, sizes: string, rows: string]) {
  branch.output(branch.path("sum"), sum, "float32");
  branch.output(branch.path("normed"), normed, "float32");
  branch.output(branch.path("sizes"), sizes, "float32");
  branch.output(branch.path("rows"), rows, "int64");
}
