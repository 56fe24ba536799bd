import type { Precision } from "#core/precision.ts";
import { encodeModel } from "#onnx/encode.ts";
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

export const RECIPES: Readonly<Record<Precision, Recipe>> = { f32, q8, int8, q4 };

/** An ONNX model whose parameters are external data in `folder`. `toConvert` says what must be written there first. */
export interface CompiledGraph {
  readonly bytes: Uint8Array;
  readonly folder: string;
  readonly toConvert: ConvertedStore | undefined;
}

/** The vision tower, projector and pooling. `cacheFolder` is where converted tensors would go. */
export function compileVision(checkpoint: Checkpoint, recipe: Recipe, cacheFolder: string): CompiledGraph {
  const store = storeFor(checkpoint, recipe, cacheFolder, "vision");
  return compiled(encodeModel(checkpoint.model.buildVision(store, recipe)), store);
}

/** The LLM with `ranking` at every layer. */
export function compileDecoder(
  checkpoint: Checkpoint,
  recipe: Recipe,
  cacheFolder: string,
  ranking: Ranking,
): CompiledGraph {
  const store = storeFor(checkpoint, recipe, cacheFolder, "decoder");
  const { decoder, decoderNames } = checkpoint.model;
  return compiled(encodeModel(buildDecoder(decoder, decoderNames, store, recipe, ranking)), store);
}

/** One merging step; it has no parameters. */
export function compileMerge(): Uint8Array {
  return encodeModel(buildMerge({ hasMetric: false }));
}

function storeFor({ weights }: Checkpoint, recipe: Recipe, cacheFolder: string, part: string): TensorStore {
  return recipe.isInPlace
    ? new InPlaceStore(weights)
    : new ConvertedStore(weights, cacheFolder, `${part} ${recipe.name} v${recipe.version}`);
}

function compiled(bytes: Uint8Array, store: TensorStore): CompiledGraph {
  return { bytes, folder: store.folder, toConvert: store instanceof ConvertedStore ? store : undefined };
}
