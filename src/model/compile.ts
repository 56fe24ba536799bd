import type { Precision } from "#core/precision.ts";
import { encodeModel } from "#onnx/encode.ts";
import type { AttentionForm } from "./attention-form.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { buildDecoder } from "./decoder.ts";
import { buildMerge } from "./merge.ts";
import { f32 } from "./precision/f32.ts";
import { int8 } from "./precision/int8.ts";
import { q4 } from "./precision/q4.ts";
import { q8 } from "./precision/q8.ts";
import type { Recipe } from "./precision/recipe.ts";
import type { Ranking } from "./rankings/ranking.ts";
import { ConvertedStore, InPlaceStore, type TensorStore } from "./store.ts";
import { buildTransfer } from "./transfer.ts";

export const RECIPES: Readonly<Record<Precision, Recipe>> = { f32, q8, int8, q4 };

/** An ONNX model whose parameters are external data in `folder`. `toConvert` says what must be written there first. */
export interface CompiledGraph {
  readonly bytes: Uint8Array;
  readonly folder: string;
  readonly toConvert: ConvertedStore | undefined;
}

/** The vision tower, projector and pooling. `cacheFolder` is where converted tensors would go. */
export function compileVision(
  checkpoint: Checkpoint,
  recipe: Recipe,
  cacheFolder: string,
  form?: AttentionForm["cached"],
): CompiledGraph {
  const store = storeFor(checkpoint, recipe, cacheFolder, "vision");
  return compiled(encodeModel(checkpoint.model.buildVision(store, recipe, form)), store);
}

/** The LLM with `ranking` at every layer. */
export function compileDecoder(
  checkpoint: Checkpoint,
  recipe: Recipe,
  cacheFolder: string,
  ranking: Ranking,
  form?: AttentionForm,
): CompiledGraph {
  const store = storeFor(checkpoint, recipe, cacheFolder, "decoder");
  const { decoder, decoderNames } = checkpoint.model;
  return compiled(encodeModel(buildDecoder(decoder, decoderNames, store, recipe, ranking, form)), store);
}

/** The projector of a family that merges before it; undefined for the others. */
export function compileProjector(
  checkpoint: Checkpoint,
  recipe: Recipe,
  cacheFolder: string,
): CompiledGraph | undefined {
  const store = storeFor(checkpoint, recipe, cacheFolder, "projector");
  const graph = checkpoint.model.buildProjector?.(store, recipe);
  return graph && compiled(encodeModel(graph), store);
}

/** One merging step; it has no parameters. With `hasMetric`, similarity is taken on other vectors than the tokens. */
export function compileMerge(options: { hasMetric: boolean }): Uint8Array {
  return encodeModel(buildMerge(options));
}

/** What reads `count` tensors that lie on a device (see TRANSFER). */
export function compileTransfer(count: number, type: "float32" | "int64"): Uint8Array {
  return encodeModel(buildTransfer(count, type));
}

function storeFor({ weights, imported }: Checkpoint, recipe: Recipe, cacheFolder: string, part: string): TensorStore {
  return recipe.isInPlace || imported
    ? new InPlaceStore(weights)
    : new ConvertedStore(weights, cacheFolder, `${part} ${recipe.name} v${recipe.version}`);
}

function compiled(bytes: Uint8Array, store: TensorStore): CompiledGraph {
  return { bytes, folder: store.folder, toConvert: store instanceof ConvertedStore ? store : undefined };
}
