import { one } from "#onnx/graph.ts";
import { Ops } from "#onnx/ops.ts";
import { cachedAttention, type Past } from "./attention.ts";
import type { DecoderConfig, DecoderNames } from "./config.ts";
import type { LinearLayer, Recipe } from "./precision/recipe.ts";
import type { Ranking } from "./rankings/ranking.ts";
import { type Rotation, rotate, rotationAt } from "./rope.ts";
import type { TensorStore } from "./store.ts";
import { type Attention, type Projections, sweep } from "./sweep.ts";

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
  queries: (layer: number) => `queries.${layer}`,
  kept: (layer: number) => `kept.${layer}`,
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
 * queries in a block of the sweep; `past.i.keys|values` [1, kvHeads, past_i, headDim], which may differ in length. Visual tokens need an
 * empty past.
 * Outputs: `logits` [1, vocab] of the last token; `present.i.keys|values`; `queries.i` [text tokens, heads * headDim], the rotated queries
 * of text tokens, from which with the keys their attention can be told afterwards; and for every layer but the last `kept.i` int64 [m], the rows
 * of the layer's input that went on, and `importance.i` [n] (empty where nothing had to be ranked).
 */
export function buildDecoder(
  config: DecoderConfig,
  names: DecoderNames,
  store: TensorStore,
  recipe: Recipe,
  ranking: Ranking,
): Ops {
  const g = new Ops("decoder");
  const linear: Linear = (x, layer) => recipe.linear(g, x, layer, store);
  const embeddings = g.input(DECODER.embeddings, "float32", ["n", config.hidden]);
  const positions = g.input(DECODER.positions, "float32", ["n"]);
  const isText = g.input(DECODER.isText, "float32", ["n"]);
  const keepVisual = g.split(g.input(DECODER.keepVisual, "int64", [config.layers]), Array(config.layers).fill(1), 0);
  const blockSize = g.input(DECODER.blockSize, "int64", [1]);
  const text = g.cast(g.reduceSum(isText, 0), "int64"); // [1] the same at every layer

  let tokens: Tokens = { residual: embeddings, rotation: rotationAt(g, positions, config), isText };
  for (let layer = 0; layer < config.layers; layer++) {
    tokens = g.scope(`layers.${layer}`, () => {
      const prefix = `${names.prefix}layers.${layer}.`;
      const inputNorm = store.float(g, `${prefix}input_layernorm.weight`, [config.hidden]);
      const norm = g.rmsNorm(tokens.residual, inputNorm, config.normEpsilon); // [n, hidden]
      const projections = projectHeads(g, norm, tokens.rotation, prefix, config, linear);
      const past = pastOf(g, layer, config);
      const choice = {
        config,
        ranking,
        layer,
        keepVisual: one(keepVisual, layer),
        text,
        isText: tokens.isText,
        textRows: g.squeeze(g.node("NonZero", [tokens.isText]), 0),
        blockSize,
      };
      const isLast = layer === config.layers - 1;
      const attend = isLast ? attendOnly : attendAndChoose;
      const { attention, kept, queries } = attend(g, projections, past, choice);
      presentOf(g, layer, attention, config);
      g.output(DECODER.queries(layer), queries, "float32", ["text", config.heads * config.headDim]);

      const attended = linear(attention.out, {
        weight: `${prefix}self_attn.o_proj.weight`,
        outputs: config.hidden,
        inputs: config.heads * config.headDim,
      }); // [n, hidden]
      const postNorm = store.float(g, `${prefix}post_attention_layernorm.weight`, [config.hidden]);
      const middle = g.skipRmsNorm(tokens.residual, attended, postNorm, config.normEpsilon);
      const change = gatedMlp(g, middle.norm, prefix, config, linear); // [n, hidden]
      const leaving = { ...tokens, residual: g.add(middle.sum, change) };
      return kept === undefined ? leaving : gatherTokens(g, leaving, kept);
    });
  }
  const last = g.gather(tokens.residual, g.ints(-1), 0); // [1, hidden]
  const norm = g.rmsNorm(last, store.float(g, `${names.prefix}norm.weight`, [config.hidden]), config.normEpsilon);
  g.output(
    DECODER.logits,
    linear(norm, { weight: names.lmHead, outputs: config.vocab, inputs: config.hidden }),
    "float32",
    [1, config.vocab],
  );
  return g;
}

type Linear = (x: string, layer: LinearLayer) => string;

function pastOf(g: Ops, layer: number, { kvHeads, headDim }: DecoderConfig): Past {
  const dims = [1, kvHeads, `past.${layer}`, headDim];
  return {
    keys: g.input(DECODER.pastKeys(layer), "float32", dims),
    values: g.input(DECODER.pastValues(layer), "float32", dims),
  };
}

function presentOf(g: Ops, layer: number, { keys, values }: Attention, { kvHeads, headDim }: DecoderConfig): void {
  const dims = [1, kvHeads, `present.${layer}`, headDim];
  g.output(DECODER.presentKeys(layer), keys, "float32", dims);
  g.output(DECODER.presentValues(layer), values, "float32", dims);
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
function gatedMlp(g: Ops, x: string, prefix: string, { hidden, intermediate }: DecoderConfig, linear: Linear): string {
  const gate = linear(x, { weight: `${prefix}mlp.gate_proj.weight`, outputs: intermediate, inputs: hidden }); // [n, intermediate]
  const up = linear(x, { weight: `${prefix}mlp.up_proj.weight`, outputs: intermediate, inputs: hidden });
  return linear(g.mul(g.silu(gate), up), {
    weight: `${prefix}mlp.down_proj.weight`,
    outputs: hidden,
    inputs: intermediate,
  });
}

interface ChoiceContext {
  readonly config: DecoderConfig;
  readonly ranking: Ranking;
  readonly layer: number;
  /** int64 [1] each: visual tokens to keep after this layer, and text tokens. */
  readonly keepVisual: string;
  readonly text: string;
  readonly isText: string;
  /** int64 [text] The rows of text tokens. */
  readonly textRows: string;
  readonly blockSize: string;
}

interface Attended {
  readonly attention: Attention;
  /** Ascending rows that go on; all if undefined. */
  readonly kept: string | undefined;
  /** [text, heads * headDim] The rotated queries of text tokens. */
  readonly queries: string;
}

function attendOnly(g: Ops, projections: Projections, past: Past, { config, textRows }: ChoiceContext): Attended {
  const queries = g.gather(projections.q, textRows, 0);
  return { attention: cachedAttention(g, projections, past, config), kept: undefined, queries };
}

/**
 * Attention of a layer after which visual tokens may go: the sweep with its ranking if some are to stay and some to go, else the cheap kind.
 *
 * The queries of text are gathered in the branches, too: outside, ONNX Runtime gathered them last and held the queries of all layers until then.
 */
function attendAndChoose(g: Ops, projections: Projections, past: Past, context: ChoiceContext): Attended {
  const { config, ranking, layer, keepVisual, text, isText, textRows, blockSize } = context;
  const finish = (branch: Ops, { out, keys, values }: Attention, importance: string, kept: string) => {
    for (const [name, value] of Object.entries({ out, keys, values, importance }))
      branch.output(branch.path(name), value, "float32");
    branch.output(branch.path("kept"), kept, "int64");
    branch.output(branch.path("queries"), branch.gather(projections.q, textRows, 0), "float32");
  };
  const some = g.less(g.ints(0), keepVisual); // bool [1]
  const fewer = g.less(keepVisual, g.sub(g.sizeOf(projections.q, 0), text));

  const ranked = g.branch("rank");
  const swept = sweep(ranked, projections, config, { blockSize, ranking });
  finish(ranked, swept, swept.importance, chooseTokens(ranked, swept.importance, isText, ranked.add(text, keepVisual)));

  const unranked = g.branch("attend");
  const nothing = unranked.node("ConstantOfShape", [unranked.ints(0)]); // float32 [0]
  const stays = unranked.where(some, unranked.float(1), isText); // all tokens, or the text
  const kept = unranked.squeeze(unranked.node("NonZero", [stays]), 0);
  finish(unranked, cachedAttention(unranked, projections, past, config), nothing, kept);

  const outputs = g.if(g.node("And", [some, fewer]), ranked, unranked);
  g.output(DECODER.importance(layer), one(outputs, 3), "float32", [`ranked.${layer}`]);
  g.output(DECODER.kept(layer), one(outputs, 4), "int64", [`kept.${layer}`]);
  const attention = { out: one(outputs, 0), keys: one(outputs, 1), values: one(outputs, 2) };
  return { attention, kept: one(outputs, 4), queries: one(outputs, 5) };
}

/**
 * Ascending rows of all text tokens and of the most important visual ones, `count` (int64 [1]) in all; the lower row on a tie.
 * Text ranks above everything, and what has no importance (NaN) below.
 */
function chooseTokens(g: Ops, importance: string, isText: string, count: string): string {
  const known = g.where(g.node("IsNaN", [importance]), g.float(0), importance);
  const score = g.where(g.cast(isText, "bool"), g.float(3e38), g.min(known, g.float(1e38)));
  const chosen = g.topK(score, count, "largest").indices;
  return g.topK(chosen, count, "smallest").values; // int64 [count]
}

function gatherTokens(g: Ops, { residual, rotation, isText }: Tokens, kept: string): Tokens {
  return {
    residual: g.gather(residual, kept, 0),
    rotation: { cos: g.gather(rotation.cos, kept, 0), sin: g.gather(rotation.sin, kept, 0) },
    isText: g.gather(isText, kept, 0),
  };
}
