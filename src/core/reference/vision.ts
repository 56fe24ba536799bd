import type { VisionShape } from "../cost/shape.ts";
import { ACTIVATIONS } from "./activations.ts";
import { attend } from "./attention.ts";
import { add, layerNorm, linear, matmul } from "./layers.ts";
import { need, type Weights } from "./weights.ts";

type Activation = keyof typeof ACTIVATIONS;

/** A SigLIP tower with its projector, and where the checkpoint keeps them. */
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
  let x = embedPatches(model, pixels);
  for (let layer = 0; layer < model.vision.layers; layer++) x = encoderLayer(model, layer, x);
  return x;
}

/** Patch embedding plus position embedding, [patches, hidden]. */
export function embedPatches({ vision, names, weights }: Vision, pixels: Float32Array): Float32Array {
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
  const embedded = patches.flatMap((values) => Array.from(matmul(values, kernel, bias)));
  return add(Float32Array.from(embedded), need(weights, `${embeddings}position_embedding.weight`).data);
}

function encoderLayer({ vision, names, weights }: Vision, layer: number, x: Float32Array): Float32Array {
  const { heads, hidden, normEpsilon, activation } = vision;
  const prefix = `${names.vision}encoder.layers.${layer}.`;
  const norm = (value: Float32Array, name: string) => layerNorm(value, weights, `${prefix}${name}`, normEpsilon);
  const project = (value: Float32Array, name: string) => linear(value, weights, `${prefix}${name}`);

  const h = norm(x, "layer_norm1"); // [patches, hidden]
  const [q, k, v] = [project(h, "self_attn.q_proj"), project(h, "self_attn.k_proj"), project(h, "self_attn.v_proj")];
  const patches = x.length / hidden;
  const everywhere = { isVisible: new Uint8Array(patches).fill(1), reach: () => patches };
  const attended = attend({ q, k, v, heads, kvHeads: heads, headDim: hidden / heads, ...everywhere });
  const y = add(x, project(attended, "self_attn.out_proj"));

  const inner = project(norm(y, "layer_norm2"), "mlp.fc1").map(ACTIVATIONS[activation]); // [patches, intermediate]
  return add(y, project(inner, "mlp.fc2"));
}

/** Features [patches, hidden] -> tokens of the LLM's width [patches, projected]. */
export function projectFeatures({ vision, names, weights }: Vision, features: Float32Array): Float32Array {
  const inner = linear(features, weights, names.projector[0]).map(ACTIVATIONS[vision.projectorActivation]);
  return linear(inner, weights, names.projector[1]);
}
