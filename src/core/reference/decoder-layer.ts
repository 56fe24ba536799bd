import type { DecoderShape } from "../cost/shape.ts";
import { silu } from "./activations.ts";
import { attend } from "./attention.ts";
import { add, linear, rmsNorm } from "./layers.ts";
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
export interface LayerCache {
  /** [tokens, kvHeads, headDim], rotated. */
  readonly keys: Float32Array;
  readonly values: Float32Array;
  /** [tokens] 0 where a pruned token is only masked. */
  readonly isVisible: Uint8Array;
}

/** The cache of a layer that nothing has entered. */
export const EMPTY_CACHE: LayerCache = {
  keys: new Float32Array(),
  values: new Float32Array(),
  isVisible: new Uint8Array(),
};

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
export function decoderLayer(
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
    keys: join(past.keys, k),
    values: join(past.values, project(h, "self_attn.v_proj")),
    isVisible: Uint8Array.from([...past.isVisible, ...isVisible]),
  };
  const attention = { q, k: cache.keys, v: cache.values, heads, kvHeads, headDim, isVisible: cache.isVisible };
  const reach = (query: number) => past.isVisible.length + query + 1; // causal
  const y = add(x, project(attend({ ...attention, reach }, onHead), "self_attn.o_proj"));

  const m = norm(y, "post_attention_layernorm");
  const up = project(m, "mlp.up_proj"); // [rows, intermediate]
  const gated = project(m, "mlp.gate_proj").map((gate, i) => silu(gate) * (up[i] ?? 0));
  return { x: add(y, project(gated, "mlp.down_proj")), cache };
}

function join(first: Float32Array, second: Float32Array): Float32Array {
  const joined = new Float32Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
