import type { VisionShape } from "../cost/shape.ts";
import { matchTokens, mergeTokens, type TokenSet } from "../merge.ts";
import { rowsOf } from "../vector.ts";
import { ACTIVATIONS } from "./activations.ts";
import { attend } from "./attention.ts";
import { add, layerNorm, linear, matmul } from "./layers.ts";
import { need, type Weights } from "./weights.ts";

type Activation = keyof typeof ACTIVATIONS;

/** A SigLIP or CLIP tower with its projector, and where the checkpoint keeps them. */
export interface Vision {
  readonly vision: VisionShape & {
    readonly normEpsilon: number;
    readonly activation: Activation;
    readonly projectorActivation: Activation;
  };
  readonly names: {
    /** What comes before `embeddings.` and `encoder.`. */
    readonly vision: string;
    readonly projector: readonly [first: string, second: string];
  };
  readonly weights: Weights;
}

/**
 * One picture -> its features [patches, hidden]: what the last layer gives, before any closing norm.
 *
 * `pixels` is [3, size, size]; patches are row-major.
 */
export function encodePicture(model: Vision, pixels: Float32Array): Float32Array {
  return mergedTokens(model, pixels, []).values;
}

/** Tokens that merged inside a tower. */
interface TowerTokens extends TokenSet {
  /** [patches] The token that each patch became part of. */
  readonly assign: Int32Array;
}

/**
 * The tokens that are left of a picture where `merges[layer]` tokens merge after the attention of each layer; nothing after layers that it does not name.
 *
 * Tokens merge by the mean of their keys over heads, weighted by size; a merged token counts as many times as it has patches in later attention.
 * Source: ToMe, arXiv 2210.09461.
 */
export function mergedTokens(model: Vision, pixels: Float32Array, merges: readonly number[]): TowerTokens {
  const values = embedPatches(model, pixels);
  const patches = values.length / model.vision.hidden;
  const assign = Int32Array.from({ length: patches }, (_, patch) => patch);
  let tokens: TowerTokens = { values, sizes: new Int32Array(patches).fill(1), assign };
  for (let layer = 0; layer < model.vision.layers; layer++) {
    tokens = encoderLayer(model, layer, tokens, merges[layer] ?? 0);
  }
  return tokens;
}

/** Gives every patch what its token has: [tokens, channels] -> [patches, channels]. */
export function unmergeTokens(values: Float32Array, assign: Int32Array, channels: number): Float32Array {
  const rows = rowsOf(values, channels);
  const patches = new Float32Array(assign.length * channels);
  for (const [patch, token] of assign.entries()) patches.set(rows[token] ?? [], patch * channels);
  return patches;
}

/** Patch embedding plus position embedding, [patches, hidden]. */
export function embedPatches(model: Vision, pixels: Float32Array): Float32Array {
  const positions = need(model.weights, `${model.names.vision}embeddings.position_embedding.weight`);
  return add(cutPatches(model, pixels), positions.data);
}

/** Patch embedding alone, [patches, hidden]. */
export function cutPatches({ vision, names, weights }: Vision, pixels: Float32Array): Float32Array {
  const { imageSizePx: size, patchSizePx: patch } = vision;
  const side = Math.floor(size / patch);
  const patches: Float32Array[] = [];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      // A patch as the convolution's kernel reads it: [channels, rows, columns].
      patches.push(
        Float32Array.from({ length: 3 * patch * patch }, (_, i) => {
          const channel = Math.floor(i / (patch * patch));
          const y = row * patch + (Math.floor(i / patch) % patch);
          const x = column * patch + (i % patch);
          return pixels[(channel * size + y) * size + x] ?? 0;
        }),
      );
    }
  }
  const embeddings = `${names.vision}embeddings.`;
  const kernel = need(weights, `${embeddings}patch_embedding.weight`); // [hidden, 3, patch, patch]
  const bias = weights(`${embeddings}patch_embedding.bias`);
  return Float32Array.from(patches.flatMap((values) => Array.from(matmul(values, kernel, bias))));
}

/** One layer of the tower, norms first; `merged` tokens merge after its attention. */
export function encoderLayer(
  { vision, names, weights }: Vision,
  layer: number,
  tokens: TowerTokens,
  merged: number,
): TowerTokens {
  const { heads, hidden, normEpsilon, activation } = vision;
  const prefix = `${names.vision}encoder.layers.${layer}.`;
  const norm = (value: Float32Array, name: string) => layerNorm(value, weights, `${prefix}${name}`, normEpsilon);
  const project = (value: Float32Array, name: string) => linear(value, weights, `${prefix}${name}`);

  const { values: x, sizes } = tokens;
  const h = norm(x, "layer_norm1"); // [tokens, hidden]
  const [q, k, v] = [project(h, "self_attn.q_proj"), project(h, "self_attn.k_proj"), project(h, "self_attn.v_proj")];
  const count = sizes.length;
  const everywhere = { isVisible: new Uint8Array(count).fill(1), reach: () => count };
  const bias = Float32Array.from(sizes, Math.log);
  const attended = attend({ q, k, v, heads, kvHeads: heads, headDim: hidden / heads, bias, ...everywhere });
  const y = mergeByKeys(
    { ...tokens, values: add(x, project(attended, "self_attn.out_proj")) },
    meanOverHeads(k, heads, hidden),
    merged,
  );

  const inner = project(norm(y.values, "layer_norm2"), "mlp.fc1").map(ACTIVATIONS[activation]); // [left, intermediate]
  return { ...y, values: add(y.values, project(inner, "mlp.fc2")) };
}

/** keys [tokens, hidden] -> [tokens, hidden / heads] */
function meanOverHeads(keys: Float32Array, heads: number, hidden: number): Float32Array {
  const headDim = hidden / heads;
  return Float32Array.from({ length: keys.length / heads }, (_, i) => {
    const first = Math.floor(i / headDim) * hidden + (i % headDim);
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += keys[first + head * headDim] ?? 0;
    return sum / heads;
  });
}

function mergeByKeys(tokens: TowerTokens, metric: Float32Array, merged: number): TowerTokens {
  const count = tokens.sizes.length;
  if (merged === 0) return tokens;
  const match = matchTokens(metric, count, metric.length / count, merged);
  const step = mergeTokens(tokens, tokens.values.length / count, match, { order: "reference", weighting: "size" });
  return { ...step, assign: tokens.assign.map((token) => step.assign[token] ?? 0) };
}

/** Features [patches, hidden] -> tokens of the LLM's width [patches, projected]. */
export function projectFeatures({ vision, names, weights }: Vision, features: Float32Array): Float32Array {
  const inner = linear(features, weights, names.projector[0]).map(ACTIVATIONS[vision.projectorActivation]);
  return linear(inner, weights, names.projector[1]);
}
