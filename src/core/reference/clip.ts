import { add, layerNorm, linear } from "./layers.ts";
import { cutPatches, encoderLayer, type Vision } from "./vision.ts";
import { need } from "./weights.ts";

export interface ClipFeatures {
  /** [1 + patches, hidden] What the last used layer gives, before any closing norm; the class token comes first. */
  readonly features: Float32Array;
  /** [1 + patches, hidden] The attention keys of all heads in layer `keyLayer`. */
  readonly keys: Float32Array;
}

/** One picture, `pixels` [3, size, size], through a CLIP tower. `keyLayer` counts from 0; it is a used layer or the one after. */
export function encodeClip(model: Vision, pixels: Float32Array, keyLayer: number): ClipFeatures {
  const { vision, names, weights } = model;
  const embeddings = `${names.vision}embeddings.`;
  const patches = cutPatches(model, pixels);
  const tokens = new Float32Array(patches.length + vision.hidden);
  tokens.set(need(weights, `${embeddings}class_embedding`).data);
  tokens.set(patches, vision.hidden);
  const placed = add(tokens, need(weights, `${embeddings}position_embedding.weight`).data);

  const values = layerNorm(placed, weights, `${names.vision}pre_layrnorm`, vision.normEpsilon); // the checkpoints' spelling
  const assign = Int32Array.from({ length: values.length / vision.hidden }, (_, token) => token);
  let x: ReturnType<typeof encoderLayer> = { values, sizes: new Int32Array(assign.length).fill(1), assign };
  let keyed = x; // what layer `keyLayer` reads
  for (let layer = 0; layer < vision.layers; layer++) {
    x = encoderLayer(model, layer, x, 0);
    if (layer < keyLayer) keyed = x;
  }
  const prefix = `${names.vision}encoder.layers.${keyLayer}.`;
  const h = layerNorm(keyed.values, weights, `${prefix}layer_norm1`, vision.normEpsilon);
  return { features: x.values, keys: linear(h, weights, `${prefix}self_attn.k_proj`) };
}
