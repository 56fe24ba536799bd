import { pooledSide } from "#core/pool.ts";
import { Ops } from "#onnx/ops.ts";
import { type Activation, type ModelConfig, patchesPerSide, type VisionConfig, type WeightNames } from "./config.ts";
import type { LinearLayer, Recipe } from "./precision/recipe.ts";
import type { TensorStore } from "./store.ts";

/** What the vision graph needs to know of a model. */
export type VisionModel = Pick<ModelConfig, "vision"> & { readonly names: Pick<WeightNames, "vision" | "projector"> };

/** Names of the vision graph's inputs and outputs. */
export const VISION = { pixels: "pixel_values", features: "features", pooled: "pooled" } as const;

/**
 * One picture, frame or crop -> the tokens that the LLM sees.
 *
 * Input `pixel_values` [1, 3, size, size]. Outputs `features` [patches, projected], row-major over the grid, and `pooled`:
 * the same grid shrunk bilinearly to half its sides (rounded up), as video frames are.
 * The tower's features are those of its last used layer, before any closing norm.
 */
export function buildVision(config: VisionModel, store: TensorStore, recipe: Recipe): Ops {
  const { vision, names } = config;
  const g = new Ops("vision");
  const linear = (x: string, layer: LinearLayer) => recipe.linear(g, x, layer, store);
  const pixels = g.input(VISION.pixels, "float32", [1, 3, vision.imageSizePx, vision.imageSizePx]);

  let x = g.scope("embeddings", () => patchEmbeddings(g, pixels, config, store)); // [patches, hidden]
  for (let layer = 0; layer < vision.layers; layer++) {
    x = g.scope(`layers.${layer}`, () => encoderLayer(g, x, `${names.vision}encoder.layers.${layer}.`, vision, store, linear));
  }
  const features = g.scope("projector", () => {
    const inner = linear(x, withBias(names.projector[0])); // [patches, projected]
    return linear(activate(g, inner, vision.projectorActivation), withBias(names.projector[1]));
  });
  g.output(VISION.features, features, "float32", [patchesPerSide(vision) ** 2, vision.projected]);
  g.output(VISION.pooled, g.scope("pool", () => pool(g, features, vision)), "float32", ["pooled", vision.projected]);
  return g;
}

const withBias = (module: string): LinearLayer => ({ weight: `${module}.weight`, bias: `${module}.bias` });

function patchEmbeddings(g: Ops, pixels: string, { vision, names }: VisionModel, store: TensorStore): string {
  const embeddings = `${names.vision}embeddings.`;
  const weight = store.float(g, `${embeddings}patch_embedding.weight`); // [hidden, 3, patch, patch]
  const bias = store.float(g, `${embeddings}patch_embedding.bias`);
  const size = [vision.patchSizePx, vision.patchSizePx];
  const patches = g.node("Conv", [pixels, weight, bias], { kernel_shape: size, strides: size }); // [1, hidden, side, side]
  const rows = g.transpose(g.reshape(patches, [vision.hidden, -1]), [1, 0]); // [patches, hidden]
  return g.add(rows, store.float(g, `${embeddings}position_embedding.weight`));
}

function encoderLayer(
  g: Ops,
  x: string,
  prefix: string,
  vision: VisionConfig,
  store: TensorStore,
  linear: (x: string, layer: LinearLayer) => string,
): string {
  const norm = (value: string, name: string) =>
    g.layerNorm(value, store.float(g, `${prefix}${name}.weight`), store.float(g, `${prefix}${name}.bias`), vision.normEpsilon);

  const h = norm(x, "layer_norm1"); // [patches, hidden]
  const [q, k, v] = ["q_proj", "k_proj", "v_proj"].map((name) =>
    g.unsqueeze(linear(h, withBias(`${prefix}self_attn.${name}`)), 0),
  ) as [string, string, string]; // each [1, patches, hidden]
  const attended = g.microsoft("MultiHeadAttention", [q, k, v], { num_heads: vision.heads });
  const y = g.add(x, linear(g.squeeze(attended, 0), withBias(`${prefix}self_attn.out_proj`)));

  const inner = linear(norm(y, "layer_norm2"), withBias(`${prefix}mlp.fc1`)); // [patches, intermediate]
  return g.add(y, linear(activate(g, inner, vision.activation), withBias(`${prefix}mlp.fc2`)));
}

function activate(g: Ops, x: string, activation: Activation): string {
  if (activation === "quick-gelu") return g.quickGelu(x);
  return g.gelu(x, activation === "gelu-tanh" ? "tanh" : "none");
}

function pool(g: Ops, features: string, vision: VisionConfig): string {
  const side = patchesPerSide(vision);
  const half = pooledSide(side);
  const grid = g.reshape(g.transpose(features, [1, 0]), [1, vision.projected, side, side]);
  const attributes = { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  const small = g.node("Resize", [grid, "", "", g.ints(1, vision.projected, half, half)], attributes);
  return g.transpose(g.reshape(small, [vision.projected, half * half]), [1, 0]); // [pooled, projected]
}
