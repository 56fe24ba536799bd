import type { Ops } from "#onnx/ops.ts";
import type { AttentionForm } from "./attention-form.ts";
import { type Activation, patchesPerSide, type VisionConfig } from "./config.ts";
import type { Recipe } from "./precision/recipe.ts";
import type { TensorStore } from "./store.ts";
import { attendAll, type NormOf, type TowerMerging } from "./tower-merging.ts";

/** The pieces that vision towers are made of; a family puts them together. Names are those of Hugging Face's ViT modules. */
export class VitBuilder {
  readonly #g: Ops;
  readonly #vision: VisionConfig;
  readonly #store: TensorStore;
  readonly #recipe: Recipe;
  readonly #form: AttentionForm["cached"];

  constructor(
    g: Ops,
    vision: VisionConfig,
    store: TensorStore,
    recipe: Recipe,
    form: AttentionForm["cached"] = "fused",
  ) {
    this.#g = g;
    this.#vision = vision;
    this.#store = store;
    this.#recipe = recipe;
    this.#form = form;
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

  /** One encoder layer, norms first: [tokens, hidden] -> [tokens, hidden], or fewer tokens where `merging` is told so. */
  encoderLayer(x: string, prefix: string, merging?: TowerMerging): string {
    const g = this.#g;
    const { heads, hidden, intermediate, activation } = this.#vision;
    this.#balance(prefix);
    const h = this.layerNorm(x, `${prefix}layer_norm1`); // [tokens, hidden]
    const head = (name: string) => this.linear(h, `${prefix}self_attn.${name}`, hidden, hidden); // [tokens, hidden]
    const attention = { q: head("q_proj"), k: head("k_proj"), v: head("v_proj") };
    const attended = merging ? merging.attend(attention) : attendAll(g, attention, heads, this.#form); // [tokens, hidden]
    const change = this.linear(attended, `${prefix}self_attn.out_proj`, hidden, hidden);
    const norm = this.#norm(`${prefix}layer_norm2`);
    const { sum, normed } = merging ? merging.merge(x, change, attention.k, norm) : addAndNorm(g, x, change, norm); // [left, hidden]

    const inner = this.linear(normed, `${prefix}mlp.fc1`, intermediate, hidden); // [left, intermediate]
    return g.add(sum, this.linear(this.activate(inner, activation), `${prefix}mlp.fc2`, hidden, intermediate));
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
    return this.#norm(module)(this.#g, x);
  }

  #norm(module: string): NormOf {
    const { hidden, normEpsilon } = this.#vision;
    const part = (name: string) => this.#store.float(this.#g, `${module}.${name}`, [hidden]);
    const [weight, bias] = [part("weight"), part("bias")];
    return (g, x) => g.layerNorm(x, weight, bias, normEpsilon);
  }

  /** What reaches only linear layers, through which powers of two can move. */
  #balance(prefix: string): void {
    const both = (name: string) => [`${prefix}${name}.weight`, `${prefix}${name}.bias`];
    const heads = ["q_proj", "k_proj", "v_proj"].map((name) => `${prefix}self_attn.${name}.weight`);
    this.#store.balance(both("layer_norm1"), heads);
    this.#store.balance(both("self_attn.v_proj"), [`${prefix}self_attn.out_proj.weight`]);
    this.#store.balance(both("layer_norm2"), [`${prefix}mlp.fc1.weight`]);
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

function addAndNorm(g: Ops, x: string, change: string, norm: NormOf): { sum: string; normed: string } {
  const sum = g.add(x, change);
  return { sum, normed: norm(g, sum) };
}
