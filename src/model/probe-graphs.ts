import { encodeModel } from "#onnx/encode.ts";
import { one } from "#onnx/graph.ts";
import { Ops } from "#onnx/ops.ts";
import { promptAttention } from "./attention.ts";
import type { AttentionForm } from "./attention-form.ts";
import type { DecoderConfig } from "./config.ts";
import { pagerank } from "./rankings/pagerank.ts";
import { stepAttention } from "./step-attention.ts";
import { sweep } from "./sweep.ts";

/** Names of the inputs and outputs of the graphs that try a device out. */
export const PROBE = {
  x: "x",
  y: "y",
  q: "q",
  k: "k",
  v: "v",
  promptCache: "prompt",
  recentCache: "recent",
  isRanked: "is_ranked",
  importance: "importance",
} as const;

/** Of the attention that is tried: heads that share keys, of a usual size. */
export const PROBE_CONFIG: DecoderConfig = {
  ...{ layers: 1, hidden: 256, intermediate: 256, heads: 4, kvHeads: 2, headDim: 64, vocab: 1 },
  ...{ normEpsilon: 1e-6, ropeTheta: 10_000, hasQkvBias: false, maxPositions: 1 },
};

/** `y` = softmax(x x^T) x for x [n, 16], float32 outside and `type` inside. */
export function arithmeticProbe(type: "float32" | "float16"): Uint8Array {
  const g = new Ops("arithmetic");
  const x = g.cast(g.input(PROBE.x, "float32", ["n", 16]), type);
  const product = g.matmul(g.softmax(g.matmul(x, g.transpose(x, [1, 0]))), x); // [n, 16]
  g.output(PROBE.y, g.cast(product, "float32"), "float32", ["n", 16]);
  return encodeModel(g);
}

/** `y` [n, heads * headDim] = attention of q to k and v. */
export function attentionProbe(cached: AttentionForm["cached"]): Uint8Array {
  const g = new Ops("attention");
  const form: AttentionForm = { cached, sweep: "unrolled" };
  const { out } = promptAttention(g, projections(g), PROBE_CONFIG, { form, blockSize: g.ints(16) });
  g.output(PROBE.y, out, "float32", ["n", "width"]);
  return encodeModel(g);
}

/** `y` [1, heads * headDim] = attention of one token to the prompt's cache, to that of two later tokens, and to itself. */
export function stepProbe(): Uint8Array {
  const g = new Ops("step");
  const { kvHeads, headDim } = PROBE_CONFIG;
  const cached = (name: string) => g.input(name, "float32", [1, kvHeads, name, headDim]);
  const [prompt, recent] = [cached(PROBE.promptCache), cached(PROBE.recentCache)];
  const cache = { prompt: { keys: prompt, values: prompt }, recent: { keys: recent, values: recent } };
  g.output(PROBE.y, stepAttention(g, projections(g), cache, PROBE_CONFIG).out, "float32", [1, "width"]);
  return encodeModel(g);
}

/** `y` as above, and `importance` [n], in a branch of an If and in blocks, as a decoder's layer has them. */
export function rankingProbe(form: AttentionForm["sweep"]): Uint8Array {
  const g = new Ops("ranking");
  const isRanked = g.input(PROBE.isRanked, "bool", [1]);
  const parts = projections(g);
  const blockSize = g.ints(16);
  const ranked = g.branch("rank");
  const { out, importance } = sweep(ranked, parts, PROBE_CONFIG, { blockSize, ranking: pagerank, form });
  const passed = g.branch("pass");
  for (const [branch, values] of [
    [ranked, [out, importance]],
    [passed, [parts.q, passed.reduceMean(parts.q, [1], false)]],
  ] as const) {
    for (const [i, value] of values.entries()) branch.output(branch.path(`result.${i}`), value, "float32");
  }
  const results = g.if(isRanked, ranked, passed);
  g.output(PROBE.y, one(results, 0), "float32", ["n", "width"]);
  g.output(PROBE.importance, one(results, 1), "float32", ["n"]);
  return encodeModel(g);
}

/** Products that `speedProbe` multiplies, each of 2 size^3 FLOPs. */
const SPEED_PRODUCTS = 4;

/** A chain of products of x [size, size] by itself, of which the mean comes back: what a device can do, without the way there. */
export function speedProbe(size: number): Uint8Array {
  const g = new Ops("speed");
  const x = g.input(PROBE.x, "float32", [size, size]);
  let product = x;
  for (let i = 0; i < SPEED_PRODUCTS; i++) product = g.matmul(product, x);
  g.output(PROBE.y, g.reduceMean(product, [0, 1], false), "float32", []);
  return encodeModel(g);
}

function projections(g: Ops): { q: string; k: string; v: string } {
  const { heads, kvHeads, headDim } = PROBE_CONFIG;
  const rows = (name: string, count: number) => g.input(name, "float32", ["n", count * headDim]);
  return { q: rows(PROBE.q, heads), k: rows(PROBE.k, kvHeads), v: rows(PROBE.v, kvHeads) };
}
