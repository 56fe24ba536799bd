import { one } from "#onnx/graph.ts";
import type { Ops } from "#onnx/ops.ts";
import { promptAttention } from "./attention.ts";
import type { Attention, Projections } from "./attention-block.ts";
import type { AttentionForm } from "./attention-form.ts";
import type { DecoderConfig } from "./config.ts";
import { eitherAttention } from "./either-attention.ts";
import type { Ranking } from "./rankings/ranking.ts";
import { type Cached, stepAttention } from "./step-attention.ts";
import { sweep } from "./sweep.ts";
import { chooseTokens, rowsWith } from "./token-rows.ts";

/** What a layer has computed before. */
export interface Cache {
  readonly prompt: Cached;
  readonly recent: Cached;
}

/** What a layer has to know beside its projections. */
export interface ChoiceContext {
  readonly config: DecoderConfig;
  readonly ranking: Ranking;
  readonly form: AttentionForm;
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
  /** What went on: ascending rows of the layer's input, and the importance of all of them [n], empty where nothing had to be ranked. */
  readonly choice: { readonly kept: string; readonly importance: string } | undefined;
  /** [text, heads * headDim] The rotated queries of text tokens. */
  readonly queries: string;
}

/** Attention of the last layer, after which nothing is chosen. */
export function attendOnly(g: Ops, projections: Projections, cache: Cache, context: ChoiceContext): Attended {
  const queries = g.gather(projections.q, context.textRows, 0);
  return { attention: attendPlainly(g, projections, cache, context), choice: undefined, queries };
}

/** Attention without a ranking: of one token where there is a cache, else of the prompt. */
function attendPlainly(
  g: Ops,
  projections: Projections,
  cache: Cache,
  { config, form, blockSize }: ChoiceContext,
): Attention {
  const isStep = g.less(g.ints(0), g.sizeOf(cache.prompt.keys, 2));
  return eitherAttention(g, isStep, [
    (branch) => stepAttention(branch, projections, cache, config),
    (branch) => promptAttention(branch, projections, config, { form, blockSize }),
  ]);
}

/**
 * Attention of a layer after which visual tokens may go: the sweep with its ranking if some are to stay and some to go, else the cheap kind.
 *
 * The queries of text are gathered in the branches, too: outside, ONNX Runtime gathered them last and held the queries of all layers until then.
 */
export function attendAndChoose(g: Ops, projections: Projections, cache: Cache, context: ChoiceContext): Attended {
  const { config, ranking, form, keepVisual, text, isText, textRows, blockSize } = context;
  const finish = (branch: Ops, { out, keys, values }: Attention, importance: string, kept: string) => {
    for (const [name, value] of Object.entries({ out, keys, values, importance }))
      branch.output(branch.path(name), value, "float32");
    branch.output(branch.path("kept"), kept, "int64");
    branch.output(branch.path("queries"), branch.gather(projections.q, textRows, 0), "float32");
  };
  const count = g.sizeOf(projections.q, 0);
  const leaving = g.sub(g.sub(count, text), keepVisual); // visual tokens; negative where fewer are left than may stay
  const isRanked = g.less(g.ints(0), g.min(keepVisual, leaving)); // bool [1]; whole numbers, as devices leave these to the CPU

  const ranked = g.branch("rank");
  const swept = sweep(ranked, projections, config, { blockSize, ranking, form: form.sweep });
  finish(ranked, swept, swept.importance, chooseTokens(ranked, swept.importance, isText, ranked.add(text, keepVisual)));

  const unranked = g.branch("attend");
  const nothing = unranked.node("ConstantOfShape", [unranked.ints(0)]); // float32 [0]
  const areAll = unranked.less(leaving, unranked.ints(1));
  const stays = unranked.where(areAll, unranked.float(1), isText); // all tokens, or the text
  const kept = rowsWith(unranked, stays, unranked.where(areAll, count, text));
  finish(unranked, attendPlainly(unranked, projections, cache, context), nothing, kept);

  const names = ["out", "keys", "values", "importance", "kept", "queries"];
  const outputs = g.if(isRanked, ranked, unranked, names);
  const attention = { out: one(outputs, 0), keys: one(outputs, 1), values: one(outputs, 2) };
  return { attention, choice: { importance: one(outputs, 3), kept: one(outputs, 4) }, queries: one(outputs, 5) };
}
