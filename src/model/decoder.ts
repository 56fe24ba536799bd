import { one } from "#onnx/graph.ts";
import { Ops } from "#onnx/ops.ts";
import type { Attention, Projections } from "./attention-block.ts";
import { type AttentionForm, CPU_ATTENTION } from "./attention-form.ts";
import type { DecoderConfig, DecoderNames } from "./config.ts";
import { attendAndChoose, attendOnly, type Cache } from "./layer-attention.ts";
import { type LinearLayer, linearRows, type Recipe, type ScaledRows } from "./precision/recipe.ts";
import type { Ranking } from "./rankings/ranking.ts";
import { type Rotation, rotate, rotationAt } from "./rope.ts";
import type { TensorStore } from "./store.ts";
import { rowsWith } from "./token-rows.ts";

/** Names of the LLM graph's inputs and outputs. */
export const DECODER = {
  embeddings: "inputs_embeds",
  positions: "positions",
  isText: "is_text",
  keepVisual: "keep_visual",
  blockSize: "block_size",
  logits: "logits",
  pastKeys: (layer: number) => `past.${layer}.keys`,
  pastValues: (layer: number) => `past.${layer}.values`,
  presentKeys: (layer: number) => `present.${layer}.keys`,
  presentValues: (layer: number) => `present.${layer}.values`,
  recentKeys: (layer: number) => `recent.${layer}.keys`,
  recentValues: (layer: number) => `recent.${layer}.values`,
  queries: (layer: number) => `queries.${layer}`,
  kept: (layer: number) => `/layers.${layer}/If:kept`,
  importance: (layer: number) => `importance.${layer}`,
} as const;

/** What the tokens that enter a layer carry with them; removal gathers all of it. */
interface Tokens {
  /** Residual stream [n, hidden]. */
  readonly residual: string;
  readonly rotation: Rotation;
  /** float32 [n]: 1 for text, which always stays; 0 for visual tokens. */
  readonly isText: string;
}

/**
 * The LLM, for prefill and for decoding alike.
 *
 * Inputs: `inputs_embeds` [n, hidden]; `positions` float32 [n]; `is_text` float32 [n]; `keep_visual` int64 [layers], how many visual
 * tokens stay after each layer (text always does; after the last layer nothing is removed, as nothing follows); `block_size` int64 [1],
 * queries in a block of the sweep; `past.i.keys|values` [1, kvHeads, past_i, headDim], what the prompt left, which differs in length by layer, and
 * `recent.i.keys|values` [1, kvHeads, recent, headDim] of the tokens since. A prompt needs both empty; after it comes one token a run.
 * Outputs: `logits` [1, vocab] of the last token; `present.i.keys|values`, of a prompt its own, else what is recent, with the new token; `queries.i` [text tokens, heads * headDim], the rotated queries
 * of text tokens, from which with the keys their attention can be told afterwards; and for every layer but the last `kept` int64 [m], the rows
 * of the layer's input that went on, and `importance.i` [n] (empty where nothing had to be ranked).
 */
export function buildDecoder(
  config: DecoderConfig,
  names: DecoderNames,
  store: TensorStore,
  recipe: Recipe,
  ranking: Ranking,
  form: AttentionForm = CPU_ATTENTION,
): Ops {
  const g = new Ops("decoder");
  const linear: Linear = (x, layer) => recipe.linear(g, x, layer, store);
  const rows = (x: string, layer: LinearLayer) => linearRows(recipe, g, x, layer, store);
  const embeddings = g.input(DECODER.embeddings, "float32", ["n", config.hidden]);
  const positions = g.input(DECODER.positions, "float32", ["n"]);
  const isText = g.input(DECODER.isText, "float32", ["n"]);
  const keepVisual = g.split(g.input(DECODER.keepVisual, "int64", [config.layers]), Array(config.layers).fill(1), 0);
  const blockSize = g.input(DECODER.blockSize, "int64", [1]);
  const text = g.sizeOf(g.node("NonZero", [isText]), 1); // int64 [1], the same at every layer

  let tokens: Tokens = { residual: embeddings, rotation: rotationAt(g, positions, config), isText };
  for (let layer = 0; layer < config.layers; layer++) {
    tokens = g.scope(`layers.${layer}`, () => {
      const prefix = `${names.prefix}layers.${layer}.`;
      balanceLayer(store, prefix, config);
      const inputNorm = store.float(g, `${prefix}input_layernorm.weight`, [config.hidden]);
      const norm = g.rmsNorm(tokens.residual, inputNorm, config.normEpsilon); // [n, hidden]
      const projections = projectHeads(g, norm, tokens.rotation, prefix, config, linear);
      const cache = cacheOf(g, layer, config);
      const context = {
        config,
        ranking,
        form,
        keepVisual: one(keepVisual, layer),
        text,
        isText: tokens.isText,
        textRows: rowsWith(g, tokens.isText, text),
        blockSize,
      };
      const isLast = layer === config.layers - 1;
      const attend = isLast ? attendOnly : attendAndChoose;
      const { attention, choice, queries } = attend(g, projections, cache, context);
      presentOf(g, layer, attention, config);
      if (choice) choiceOf(g, layer, choice);
      g.output(DECODER.queries(layer), queries, "float32", ["text", config.heads * config.headDim]);

      const attended = linear(attention.out, {
        weight: `${prefix}self_attn.o_proj.weight`,
        outputs: config.hidden,
        inputs: config.heads * config.headDim,
      }); // [n, hidden]
      const postNorm = store.float(g, `${prefix}post_attention_layernorm.weight`, [config.hidden]);
      const middle = g.skipRmsNorm(tokens.residual, attended, postNorm, config.normEpsilon);
      const change = gatedMlp(g, middle.norm, prefix, config, { linear, linearRows: rows }); // [n, hidden]
      const leaving = { ...tokens, residual: g.add(middle.sum, change) };
      return choice === undefined ? leaving : gatherTokens(g, leaving, choice.kept);
    });
  }
  store.balance([`${names.prefix}norm.weight`], [names.lmHead]);
  const last = g.gather(tokens.residual, g.ints(-1), 0); // [1, hidden]
  const norm = g.rmsNorm(last, store.float(g, `${names.prefix}norm.weight`, [config.hidden]), config.normEpsilon);
  g.output(
    DECODER.logits,
    linear(norm, { weight: names.lmHead, outputs: config.vocab, inputs: config.hidden, isForOneToken: true }),
    "float32",
    [1, config.vocab],
  );
  return g;
}

type Linear = (x: string, layer: LinearLayer) => string;

function cacheOf(g: Ops, layer: number, { kvHeads, headDim }: DecoderConfig): Cache {
  const input = (name: string, length: string) => g.input(name, "float32", [1, kvHeads, length, headDim]);
  return {
    prompt: {
      keys: input(DECODER.pastKeys(layer), `past.${layer}`),
      values: input(DECODER.pastValues(layer), `past.${layer}`),
    },
    recent: {
      keys: input(DECODER.recentKeys(layer), "recent"),
      values: input(DECODER.recentValues(layer), "recent"),
    },
  };
}

function presentOf(g: Ops, layer: number, { keys, values }: Attention, { kvHeads, headDim }: DecoderConfig): void {
  const dims = [1, kvHeads, `present.${layer}`, headDim];
  g.output(DECODER.presentKeys(layer), keys, "float32", dims);
  g.output(DECODER.presentValues(layer), values, "float32", dims);
}

function choiceOf(g: Ops, layer: number, { importance, kept }: { importance: string; kept: string }): void {
  g.output(DECODER.importance(layer), importance, "float32", [`ranked.${layer}`]);
  g.expose(kept, "int64", [`kept.${layer}`]); // as DECODER.kept says: a copy would be made on the CPU, at every token
}

function projectHeads(
  g: Ops,
  norm: string,
  rotation: Rotation,
  prefix: string,
  config: DecoderConfig,
  linear: Linear,
): Projections {
  const project = (name: string, heads: number) => {
    const module = `${prefix}self_attn.${name}`;
    const bias = config.hasQkvBias ? `${module}.bias` : undefined;
    return linear(norm, { weight: `${module}.weight`, bias, outputs: heads * config.headDim, inputs: config.hidden });
  };
  return {
    q: rotate(g, project("q_proj", config.heads), config.heads, rotation), // [n, heads * headDim]
    k: rotate(g, project("k_proj", config.kvHeads), config.kvHeads, rotation), // [n, kvHeads * headDim]
    v: project("v_proj", config.kvHeads),
  };
}

/** Gate and up stay separate products: measured faster, with less memory, than one product that is split. */
function gatedMlp(
  g: Ops,
  x: string,
  prefix: string,
  { hidden, intermediate }: DecoderConfig,
  { linear, linearRows }: { linear: Linear; linearRows: (x: string, layer: LinearLayer) => ScaledRows },
): string {
  const gate = linear(x, { weight: `${prefix}mlp.gate_proj.weight`, outputs: intermediate, inputs: hidden }); // [n, intermediate]
  const up = linearRows(x, { weight: `${prefix}mlp.up_proj.weight`, outputs: intermediate, inputs: hidden });
  const down = { weight: `${prefix}mlp.down_proj.weight`, outputs: hidden, inputs: intermediate };
  const out = linear(g.mul(g.silu(gate), up.values), down); // [n, hidden]
  return up.tokenScale === undefined ? out : g.mul(out, up.tokenScale); // a factor a token passes through `down`
}

/** What reaches only linear layers, through which powers of two can move. */
function balanceLayer(
  store: TensorStore,
  prefix: string,
  { heads, kvHeads, headDim, hasQkvBias }: DecoderConfig,
): void {
  const named = (...parts: string[]) => parts.map((part) => `${prefix}${part}.weight`);
  store.balance(named("input_layernorm"), named("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"));
  store.balance(named("post_attention_layernorm"), named("mlp.gate_proj", "mlp.up_proj"));
  store.balance(named("mlp.up_proj"), named("mlp.down_proj"));
  const bias = hasQkvBias ? [`${prefix}self_attn.v_proj.bias`] : [];
  const valueChannels = Array.from({ length: heads * headDim }, (_, column) => {
    const head = Math.floor(column / headDim);
    return Math.floor((head * kvHeads) / heads) * headDim + (column % headDim);
  }); // heads of a group share values
  store.balance([...named("self_attn.v_proj"), ...bias], named("self_attn.o_proj"), valueChannels);
}

function gatherTokens(g: Ops, { residual, rotation, isText }: Tokens, kept: string): Tokens {
  return {
    residual: g.gather(residual, kept, 0),
    rotation: { cos: g.gather(rotation.cos, kept, 0), sin: g.gather(rotation.sin, kept, 0) },
    isText: g.gather(isText, kept, 0),
  };
}
