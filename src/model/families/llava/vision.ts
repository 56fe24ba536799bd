import { Ops } from "#onnx/ops.ts";
import type { AttentionForm } from "../../attention-form.ts";
import { patchesPerSide, type VisionConfig } from "../../config.ts";
import { PROJECTOR, VISION } from "../../family.ts";
import type { Recipe } from "../../precision/recipe.ts";
import type { TensorStore } from "../../store.ts";
import { VitBuilder } from "../../vit.ts";

/** Where a checkpoint keeps its tower. */
export interface TowerNames {
  /** What comes before `embeddings...` and `encoder...`. */
  readonly prefix: string;
}

/** Where a checkpoint keeps its projector: two linear layers, with or without biases. */
export interface ProjectorNames {
  readonly first: string;
  readonly second: string;
  readonly hasBias: boolean;
}

/** What decides the graph of the tower; see Config. */
export interface TowerConfig {
  readonly vision: VisionConfig;
  readonly keyLayer: number;
  readonly keepsClassToken: boolean;
}

/**
 * CLIP's tower: the features of the last used layer, and beside them, [.., hidden and hidden], the keys of all heads in layer `keyLayer`, by which
 * tokens are merged. The release takes them from layer 23, the one that reads the features of layer -2, of which nothing else is computed.
 */
export function buildVision(
  config: TowerConfig,
  names: TowerNames,
  store: TensorStore,
  recipe: Recipe,
  form?: AttentionForm["cached"],
): Ops {
  const { vision, keyLayer, keepsClassToken } = config;
  const { hidden } = vision;
  const g = new Ops("vision");
  const vit = new VitBuilder(g, vision, store, recipe, form);
  const pixels = g.input(VISION.pixels, "float32", [1, 3, vision.imageSizePx, vision.imageSizePx]);
  const tokens = patchesPerSide(vision) ** 2 + 1;
  const layerName = (layer: number) => `${names.prefix}encoder.layers.${layer}.`;

  let x = g.scope("embeddings", () => {
    const patches = embedPatches(g, pixels, `${names.prefix}embeddings.patch_embedding.weight`, vision, store); // [patches, hidden]
    const classToken = store.float(g, `${names.prefix}embeddings.class_embedding`, [hidden]);
    const all = g.concat([g.unsqueeze(classToken, 0), patches], 0); // [tokens, hidden]
    const placed = vit.addPositions(all, `${names.prefix}embeddings.position_embedding.weight`, tokens);
    return vit.layerNorm(placed, `${names.prefix}pre_layrnorm`); // the checkpoints' spelling
  });
  let keyed = x; // what layer `keyLayer` reads
  for (let layer = 0; layer < vision.layers; layer++) {
    x = g.scope(`layers.${layer}`, () => vit.encoderLayer(x, layerName(layer))); // [tokens, hidden]
    if (layer < keyLayer) keyed = x;
  }
  const keys = g.scope("keys", () => {
    const h = vit.layerNorm(keyed, `${layerName(keyLayer)}layer_norm1`);
    return vit.linear(h, `${layerName(keyLayer)}self_attn.k_proj`, hidden, hidden); // [tokens, hidden]
  });
  const both = g.concat([x, keys], 1); // [tokens, 2 * hidden]
  const crop = keepsClassToken ? both : g.slice(both, 0, 1);
  g.output(VISION.crop, crop, "float32", [keepsClassToken ? tokens : tokens - 1, 2 * hidden]);
  return g;
}

/** pixels [1, 3, size, size] -> patches [patches, hidden]; CLIP's have no bias. */
function embedPatches(g: Ops, pixels: string, table: string, vision: VisionConfig, store: TensorStore): string {
  const { hidden, patchSizePx: patch } = vision;
  const size = [patch, patch];
  const weight = store.float(g, table, [hidden, 3, patch, patch]);
  const patches = g.node("Conv", [pixels, weight], { kernel_shape: size, strides: size }); // [1, hidden, side, side]
  return g.transpose(g.reshape(patches, [hidden, -1]), [1, 0]);
}

/** linear, activation, linear: [n, the tower's hidden] -> [n, the LLM's hidden]. */
export function buildProjector(vision: VisionConfig, names: ProjectorNames, store: TensorStore, recipe: Recipe): Ops {
  const { hidden, projected, projectorActivation } = vision;
  const g = new Ops("projector");
  const linear = (x: string, module: string, inputs: number) => {
    const bias = names.hasBias ? `${module}.bias` : undefined;
    return recipe.linear(g, x, { weight: `${module}.weight`, bias, outputs: projected, inputs }, store);
  };
  const tokens = g.input(PROJECTOR.tokens, "float32", ["n", hidden]);
  const inner = linear(tokens, names.first, hidden); // [n, projected]
  const activated = new VitBuilder(g, vision, store, recipe).activate(inner, projectorActivation);
  g.output(PROJECTOR.projected, linear(activated, names.second, projected), "float32", ["n", projected]);
  return g;
}
