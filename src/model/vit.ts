import type { Ops } from "#onnx/ops.ts";
import { type Activation, patchesPerSide, type VisionConfig } from "./config.ts";
import type { Recipe } from "./precision/recipe.ts";
import type { TensorStore } from "./store.ts";

/** The pieces that vision towers are made of; a family puts them together. Names are those of Hugging Face's ViT modules. */
export class VitBuilder {
  readonly #g: Ops;
  readonly #vision: VisionConfig;
  readonly #store: TensorStore;
  readonly #recipe: Recipe;

  constructor(g: Ops, vision: VisionConfig, store: TensorStore, recipe: Recipe) {
    this.#g = g;
    this.#vision = vision;
    this.#store = store;
    this.#recipe = recipe;
  }

  /** pixels [1, 3, size, size] -> patches [patches, hidden], positions not yet added. */
  embedPatches(pixels: string, module: string): string {
    const g = this.#g;
    const { hidden, patchSizePx: patch } = this.#vision;
    const weight = this.#store.float(g, `${module}.weight`, [hidden, 3, patch, patch]);
    const bias = this.#store.float(g, `${module}.bias`, [hidden]);
    const size = [patch, patch];
    const patches = g.node("Conv", [pixels, weight, bias], { kernel_shape: size, strides: size }); // [1, hidden, side, side]
    return g.transpose(g.reshape(patches, [hidden, -1]), [1, 0]);
  }

  /** Adds a learned position to every one of `tokens` rows. */
  addPositions(x: string, table: string, tokens: number): string {
    return this.#g.add(x, this.#store.float(this.#g, table, [tokens, this.#vision.hidden]));
  }

  /** One encoder layer, norms first: [tokens, hidden] -> [tokens, hidden]. */
  encoderLayer(x: string, prefix: string): string {
    const g = this.#g;
    const { heads, hidden, intermediate, activation } = this.#vision;
    const h = this.layerNorm(x, `${prefix}layer_norm1`); // [tokens, hidden]
    const head = (name: string) => g.unsqueeze(this.linear(h, `${prefix}self_attn.${name}`, hidden, hidden), 0); // [1, tokens, hidden]
    const attended = g.microsoft("MultiHeadAttention", [head("q_proj"), head("k_proj"), head("v_proj")], {
      num_heads: heads,
    });
    const y = g.add(x, this.linear(g.squeeze(attended, 0), `${prefix}self_attn.out_proj`, hidden, hidden));

    const inner = this.linear(this.layerNorm(y, `${prefix}layer_norm2`), `${prefix}mlp.fc1`, intermediate, hidden); // [tokens, intermediate]
    return g.add(y, this.linear(this.activate(inner, activation), `${prefix}mlp.fc2`, hidden, intermediate));
  }

  /** linear, activation, linear: [tokens, hidden] -> [tokens, projected]. */
  project(x: string, [first, second]: readonly [string, string]): string {
    const { hidden, projected, projectorActivation } = this.#vision;
    const inner = this.linear(x, first, projected, hidden); // [tokens, projected]
    return this.linear(this.activate(inner, projectorActivation), second, projected, projected);
  }

  /** Shrinks the grid of tokens [side * side, projected] bilinearly to `to` tokens a side, as torch's interpolate without aligned corners. */
  pool(x: string, to: number): string {
    const g = this.#g;
    const side = patchesPerSide(this.#vision);
    const { projected } = this.#vision;
    const grid = g.reshape(g.transpose(x, [1, 0]), [1, projected, side, side]);
    const attributes = { mode: "linear", coordinate_transformation_mode: "half_pixel" };
    const small = g.node("Resize", [grid, "", "", g.ints(1, projected, to, to)], attributes);
    return g.transpose(g.reshape(small, [projected, to * to]), [1, 0]); // [to * to, projected]
  }

  layerNorm(x: string, module: string): string {
    const { hidden, normEpsilon } = this.#vision;
    const part = (name: string) => this.#store.float(this.#g, `${module}.${name}`, [hidden]);
    return this.#g.layerNorm(x, part("weight"), part("bias"), normEpsilon);
  }

  linear(x: string, module: string, outputs: number, inputs: number): string {
    const layer = { weight: `${module}.weight`, bias: `${module}.bias`, outputs, inputs };
    return this.#recipe.linear(this.#g, x, layer, this.#store);
  }

  activate(x: string, activation: Activation): string {
    if (activation === "quick-gelu") return this.#g.quickGelu(x);
    return this.#g.gelu(x, activation === "gelu-tanh" ? "tanh" : "none");
  }
}
