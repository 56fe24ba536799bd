import { one } from "#onnx/graph.ts";
import { Ops } from "#onnx/ops.ts";
import { cachedAttention, type Past } from "./attention.ts";
import type { DecoderConfig } from "./config.ts";
import type { Ranking } from "./methods/ranking.ts";
import type { LinearLayer, Recipe } from "./precision/recipe.ts";
import { type Rotation, rotate, rotationAt } from "./rope.ts";
import type { TensorStore } from "./store.ts";
import { type Attention, type Projections, sweep } from "./sweep.ts";

/** Names of the LLM graph's inputs and outputs. */
export const DECODER = {
  embeddings: "inputs_embeds",
  positions: "positions",
  isText: "is_text",
  keep: "keep",
  blockSize: "block_size",
  logits: "logits",
  pastKeys: (layer: number) => `past.${layer}.keys`,
  pastValues: (layer: number) => `past.${layer}.values`,
  presentKeys: (layer: number) => `present.${layer}.keys`,
  presentValues: (layer: number) => `present.${layer}.values`,
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
 * Inputs: `inputs_embeds` [n, hidden]; `positions` float32 [n]; `is_text` float32 [n]; `keep` int64 [layers], how many tokens stay
 * after each layer (a number of at least n keeps all); `block_size` int64 [1], queries in a block of the sweep; `past.i.keys|values` [1, kvHeads, past_i, headDim], which may differ in length.
 * Outputs: `logits` [1, vocab] of the last token; `present.i.keys|values`; for every layer `kept.i` int64 [m], the rows of the
 * layer's input that went on, and `importance.i` [n] (empty where nothing was removed).
 */
export function buildDecoder(
  config: DecoderConfig,
  names: { decoder: string; lmHead: string },
  store: TensorStore,
  recipe: Recipe,
  ranking: Ranking,
): Ops {
  const g = new Ops("decoder");
  const linear: Linear = (x, layer) => recipe.linear(g, x, layer, store);
  const embeddings = g.input(DECODER.embeddings, "float32", ["n", config.hidden]);
  const positions = g.input(DECODER.positions, "float32", ["n"]);
  const isText = g.input(DECODER.isText, "float32", ["n"]);
  const keep = g.split(g.input(DECODER.keep, "int64", [config.layers]), Array(config.layers).fill(1), 0);
  const blockSize = g.input(DECODER.blockSize, "int64", [1]);

  let tokens: Tokens = { residual: embeddings, rotation: rotationAt(g, positions, config), isText };
  for (let layer = 0; layer < config.layers; layer++) {
    tokens = g.scope(`layers.${layer}`, () => {
      const prefix = `${names.decoder}layers.${layer}.`;
      const inputNorm = store.float(g, `${prefix}input_layernorm.weight`);
      const norm = g.rmsNorm(tokens.residual, inputNorm, config.normEpsilon); // [n, hidden]
      const projections = project(g, norm, tokens.rotation, prefix, config, linear);
      const past = pastOf(g, layer, config);
      const choice = { config, ranking, layer, keep: one(keep, layer), isText: tokens.isText, blockSize };
      const { attention, kept } = attendAndChoose(g, projections, past, choice);
      presentOf(g, layer, attention, config);

      const attended = linear(attention.out, { weight: `${prefix}self_attn.o_proj.weight` }); // [n, hidden]
      const postNorm = store.float(g, `${prefix}post_attention_layernorm.weight`);
      const middle = g.skipRmsNorm(tokens.residual, attended, postNorm, config.normEpsilon);
      const change = gatedMlp(g, middle.norm, prefix, linear); // [n, hidden]
      return gatherTokens(g, { ...tokens, residual: g.add(middle.sum, change) }, kept);
    });
  }
  const last = g.gather(tokens.residual, g.ints(-1), 0); // [1, hidden]
  const norm = g.rmsNorm(last, store.float(g, `${names.decoder}norm.weight`), config.normEpsilon);
  g.output(DECODER.logits, linear(norm, { weight: names.lmHead }), "float32", [1, config.vocab]);
  return g;
}

type Linear = (x: string, layer: LinearLayer) => string;

function pastOf(g: Ops, layer: number, { kvHeads, headDim }: DecoderConfig): Past {
  const dims = [1, kvHeads, `past.${layer}`, headDim];
  return { keys: g.input(DECODER.pastKeys(layer), "float32", dims), values: g.input(DECODER.pastValues(layer), "float32", dims) };
}

function presentOf(g: Ops, layer: number, { keys, values }: Attention, { kvHeads, headDim }: DecoderConfig): void {
  const dims = [1, kvHeads, `present.${layer}`, headDim];
  g.output(DECODER.presentKeys(layer), keys, "float32", dims);
  g.output(DECODER.presentValues(layer), values, "float32", dims);
}

function project(g: Ops, norm: string, rotation: Rotation, prefix: string, config: DecoderConfig, linear: Linear): Projections {
  const head = (name: string) => {
    const module = `${prefix}self_attn.${name}`;
    return linear(norm, { weight: `${module}.weight`, bias: config.hasQkvBias ? `${module}.bias` : undefined });
  };
  return {
    q: rotate(g, head("q_proj"), config.heads, rotation), // [n, heads * headDim]
    k: rotate(g, head("k_proj"), config.kvHeads, rotation), // [n, kvHeads * headDim]
    v: head("v_proj"),
  };
}

/** Gate and up stay separate products: measured faster, with less memory, than one product that is split. */
function gatedMlp(g: Ops, x: string, prefix: string, linear: Linear): string {
  const gate = linear(x, { weight: `${prefix}mlp.gate_proj.weight` }); // [n, intermediate]
  const up = linear(x, { weight: `${prefix}mlp.up_proj.weight` });
  return linear(g.mul(g.silu(gate), up), { weight: `${prefix}mlp.down_proj.weight` });
}

interface ChoiceContext {
  readonly config: DecoderConfig;
  readonly ranking: Ranking;
  readonly layer: number;
  readonly keep: string;
  readonly isText: string;
  readonly blockSize: string;
}

/** Attention of a layer after which tokens may go: the sweep with its importance if fewer are to stay than are here, else the cheap kind. */
function attendAndChoose(g: Ops, projections: Projections, past: Past, context: ChoiceContext): { attention: Attention; kept: string } {
  const { config, ranking, layer, keep, isText, blockSize } = context;
  const finish = (branch: Ops, { out, keys, values }: Attention, importance: string, kept: string) => {
    for (const [name, value] of Object.entries({ out, keys, values, importance })) branch.output(branch.path(name), value, "float32");
    branch.output(branch.path("kept"), kept, "int64");
  };
  const pruning = g.branch("prune");
  const swept = sweep(pruning, projections, config, { blockSize, ranking });
  finish(pruning, swept, swept.importance, chooseTokens(pruning, swept.importance, isText, keep));

  const keeping = g.branch("keep");
  const nothing = keeping.node("ConstantOfShape", [keeping.ints(0)]); // float32 [0]
  finish(keeping, cachedAttention(keeping, projections, past, config), nothing, keeping.range(keeping.sizeOf(projections.q, 0)));

  const outputs = g.if(g.less(keep, g.sizeOf(projections.q, 0)), pruning, keeping);
  const kept = one(outputs, 4);
  g.output(DECODER.importance(layer), one(outputs, 3), "float32", [`scored.${layer}`]);
  g.output(DECODER.kept(layer), kept, "int64", [`kept.${layer}`]);
  return { attention: { out: one(outputs, 0), keys: one(outputs, 1), values: one(outputs, 2) }, kept };
}

/** Ascending rows of all text tokens and of the most important visual ones, `keep` (int64 [1]) in all; the lower row on a tie. */
function chooseTokens(g: Ops, importance: string, isText: string, keep: string): string {
  const score = g.add(importance, g.mul(isText, g.float(1e6)));
  const chosen = g.topK(score, keep, "largest").indices;
  return g.topK(chosen, keep, "smallest").values; // int64 [keep]
}

function gatherTokens(g: Ops, { residual, rotation, isText }: Tokens, kept: string): Tokens {
  return {
    residual: g.gather(residual, kept, 0),
    rotation: { cos: g.gather(rotation.cos, kept, 0), sin: g.gather(rotation.sin, kept, 0) },
    isText: g.gather(isText, kept, 0),
  };
}
