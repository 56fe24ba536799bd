import type { DecoderShape } from "../cost/shape.ts";
import { pageRank, rootMeanSquare } from "../importance.ts";
import { keepTokens } from "../prune.ts";
import { rowsOf, view } from "../vector.ts";
import { silu } from "./activations.ts";
import { attend } from "./attention.ts";
import { add, linear, matmul, rmsNorm } from "./layers.ts";
import { rotate } from "./rope.ts";
import { need, type Weights } from "./weights.ts";

/** A Qwen2 or Llama decoder and where its checkpoint keeps it. */
export interface Decoder {
  readonly decoder: DecoderShape & { readonly normEpsilon: number; readonly ropeTheta: number };
  readonly names: {
    /** What comes before `layers.0.`, such as `model.`. */
    readonly decoder: string;
    /** The whole name; the embedding table's own where the two are tied. */
    readonly lmHead: string;
  };
  readonly weights: Weights;
}

/** What a layer remembers of the tokens that entered it. */
interface LayerCache {
  /** [tokens, kvHeads, headDim], rotated. */
  readonly keys: Float32Array;
  readonly values: Float32Array;
  /** [tokens] 0 where a pruned token is only masked. */
  readonly isVisible: Uint8Array;
}

export interface LayerTrace {
  /** Positions that were present. */
  readonly entered: Int32Array;
  /** Of the rows that were computed: those in `entered`, but of all tokens in mode `reference`. */
  readonly importance: Float64Array;
  /** Positions left after the layer. */
  readonly kept: Int32Array;
  /** [hidden] What entered the layer in the last row. */
  readonly lastHidden: Float32Array;
}

export interface Prefilled {
  /** [rows, hidden] After the final norm. */
  readonly hidden: Float32Array;
  /** [vocab] Of the last position. */
  readonly logits: Float32Array;
  readonly layers: readonly LayerTrace[];
  readonly cache: readonly LayerCache[];
  /** The position of the next token. */
  readonly position: number;
}

export interface PrefillInput {
  /** [tokens, hidden] */
  readonly embeddings: Float32Array;
  /** [tokens] 1 for text. */
  readonly isText: Uint8Array;
  /** [layers] Visual tokens left after each layer. */
  readonly keepVisual: readonly number[];
  /**
   * `physical`: a pruned token is gone from the next layer on. `reference`: as in the release it stays in the sequence, hidden as a
   * key, and its row still passes importance on.
   */
  readonly mode: "physical" | "reference";
}

/** The whole prompt through all layers, pruning after each. */
export function prefill(model: Decoder, input: PrefillInput): Prefilled {
  const { hidden } = model.decoder;
  const { mode, isText, keepVisual } = input;
  let x = input.embeddings; // [rows, hidden]
  let rows = Int32Array.from(isText.keys()); // position of each row of x
  let live = rows; // positions not pruned
  const layers: LayerTrace[] = [];
  const cache: LayerCache[] = [];
  for (const [layer, keep] of keepVisual.entries()) {
    const entered = live;
    const lastHidden = view(x, x.length - hidden, hidden);
    const isVisible = mode === "physical" ? new Uint8Array(rows.length).fill(1) : flags(live, rows.length);
    const ranks: Float64Array[] = [];
    const past = { keys: new Float32Array(), values: new Float32Array(), isVisible: new Uint8Array() };
    const step = decoderLayer(model, layer, { x, positions: rows, isVisible, past }, (logits) =>
      ranks.push(pageRank(logits, rows.length)),
    );
    const importance = rootMeanSquare(ranks);
    const scores = mode === "physical" ? importance : Float64Array.from(live, (position) => importance[position] ?? 0);
    const stay = keepTokens(
      scores,
      Uint8Array.from(live, (position) => isText[position] ?? 0),
      keep,
    ); // indices into live
    live = stay.map((index) => entered[index] ?? 0);
    x = mode === "physical" ? gather(step.x, hidden, stay) : step.x;
    if (mode === "physical") rows = live;
    layers.push({ entered, importance, kept: live, lastHidden });
    cache.push(step.cache);
  }
  const normed = finalNorm(model, x);
  const logits = lmHead(model, view(normed, normed.length - hidden, hidden));
  return { hidden: normed, logits, layers, cache, position: isText.length };
}

/** Greedy continuation: `count` token ids (the lower on a tie) and the logits that chose each. */
export function continueGreedily(
  model: Decoder,
  start: Prefilled,
  count: number,
): { ids: number[]; logits: Float32Array[] } {
  const { hidden } = model.decoder;
  const embeddings = need(model.weights, `${model.names.decoder}embed_tokens.weight`).data;
  const cache = [...start.cache];
  const logits = [start.logits];
  const ids = [highest(start.logits)];
  while (ids.length < count) {
    let x = view(embeddings, (ids.at(-1) ?? 0) * hidden, hidden);
    const positions = Int32Array.of(start.position + ids.length - 1);
    for (const [layer, past] of cache.entries()) {
      const step = decoderLayer(model, layer, { x, positions, isVisible: Uint8Array.of(1), past });
      x = step.x;
      cache[layer] = step.cache;
    }
    const next = lmHead(model, finalNorm(model, x));
    logits.push(next);
    ids.push(highest(next));
  }
  return { ids, logits };
}

/** [rows, vocab] of normed hidden states [rows, hidden]. */
export function lmHead(model: Decoder, hidden: Float32Array): Float32Array {
  return matmul(hidden, need(model.weights, model.names.lmHead));
}

function finalNorm({ decoder, names, weights }: Decoder, x: Float32Array): Float32Array {
  return rmsNorm(x, need(weights, `${names.decoder}norm.weight`), decoder.normEpsilon);
}

interface LayerInput {
  /** [rows, hidden] */
  readonly x: Float32Array;
  /** [rows] Original positions, which pruning does not renumber. */
  readonly positions: Int32Array;
  /** [rows] */
  readonly isVisible: Uint8Array;
  readonly past: LayerCache;
}

/** Self-attention and MLP of one layer; `onHead` sees each head's masked logits [rows, past and rows]. */
function decoderLayer(
  { decoder, names, weights }: Decoder,
  layer: number,
  { x, positions, isVisible, past }: LayerInput,
  onHead?: (logits: Float32Array) => void,
): { x: Float32Array; cache: LayerCache } {
  const { heads, kvHeads, headDim, normEpsilon, ropeTheta } = decoder;
  const prefix = `${names.decoder}layers.${layer}.`;
  const norm = (value: Float32Array, name: string) =>
    rmsNorm(value, need(weights, `${prefix}${name}.weight`), normEpsilon);
  const project = (value: Float32Array, name: string) => linear(value, weights, `${prefix}${name}`);

  const h = norm(x, "input_layernorm"); // [rows, hidden]
  const q = rotate(project(h, "self_attn.q_proj"), positions, headDim, ropeTheta); // [rows, heads, headDim]
  const k = rotate(project(h, "self_attn.k_proj"), positions, headDim, ropeTheta); // [rows, kvHeads, headDim]
  const cache = {
    keys: concat(past.keys, k),
    values: concat(past.values, project(h, "self_attn.v_proj")),
    isVisible: Uint8Array.of(...past.isVisible, ...isVisible),
  };
  const attention = { q, k: cache.keys, v: cache.values, heads, kvHeads, headDim, isVisible: cache.isVisible };
  const reach = (query: number) => past.isVisible.length + query + 1; // causal
  const y = add(x, project(attend({ ...attention, reach }, onHead), "self_attn.o_proj"));

  const m = norm(y, "post_attention_layernorm");
  const up = project(m, "mlp.up_proj"); // [rows, intermediate]
  const gated = project(m, "mlp.gate_proj").map((gate, i) => silu(gate) * (up[i] ?? 0));
  return { x: add(y, project(gated, "mlp.down_proj")), cache };
}

function flags(positions: Int32Array, length: number): Uint8Array {
  const set = new Uint8Array(length);
  for (const position of positions) set[position] = 1;
  return set;
}

function gather(x: Float32Array, width: number, indices: Int32Array): Float32Array {
  const rows = rowsOf(x, width);
  return concat(...Array.from(indices, (index) => rows[index] ?? new Float32Array()));
}

function concat(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The index of the highest logit, the lower on a tie. */
function highest(logits: Float32Array): number {
  return logits.reduce((best, logit, index) => (logit > (logits[best] ?? 0) ? index : best), 0);
}
