import type { CheckpointSpec, TextShape, VisionShape } from "./spec.ts";

/** A tensor of the checkpoint: drawn at random, or all ones. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly fill: "random" | "ones";
}

/** The parts that the names of tensors begin with. */
const PREFIXES = {
  classic: {
    decoder: "language_model.model",
    lmHead: "language_model.lm_head",
    vision: "vision_tower.vision_model",
    projector: "multi_modal_projector",
    newline: "image_newline",
  },
  current: {
    decoder: "model.language_model",
    lmHead: "lm_head",
    vision: "model.vision_tower.vision_model",
    projector: "model.multi_modal_projector",
    newline: "model.image_newline",
  },
} as const;

/** All tensors of a LLaVA-OneVision checkpoint. */
export function listOnevisionTensors({ text, vision, isTied, naming }: CheckpointSpec): TensorSpec[] {
  const prefix = PREFIXES[naming];
  return [
    random(prefix.newline, [text.hidden]),
    ...decoder(prefix.decoder, text, { hasQkvBias: true }),
    ...(isTied ? [] : [random(`${prefix.lmHead}.weight`, [text.vocabulary, text.hidden])]),
    ...linear(`${prefix.projector}.linear_1`, vision.hidden, text.hidden),
    ...linear(`${prefix.projector}.linear_2`, text.hidden, text.hidden),
    ...visionTower(prefix.vision, vision),
  ];
}

/** An LLM; Qwen2's q, k and v have biases, Llama's have none. */
export function decoder(prefix: string, text: TextShape, options: { hasQkvBias: boolean }): TensorSpec[] {
  return [
    random(`${prefix}.embed_tokens.weight`, [text.vocabulary, text.hidden]),
    ...times(text.layers, (i) => decoderLayer(`${prefix}.layers.${i}`, text, options)),
    ones(`${prefix}.norm.weight`, text.hidden),
  ];
}

function decoderLayer(
  prefix: string,
  { hidden, heads, kvHeads, intermediate }: TextShape,
  { hasQkvBias }: { hasQkvBias: boolean },
): TensorSpec[] {
  const kvHidden = (hidden / heads) * kvHeads;
  const project = (name: string, outputs: number) =>
    linear(`${prefix}.self_attn.${name}`, hidden, outputs).slice(0, hasQkvBias ? 2 : 1);
  return [
    ones(`${prefix}.input_layernorm.weight`, hidden),
    ...project("q_proj", hidden),
    ...project("k_proj", kvHidden),
    ...project("v_proj", kvHidden),
    random(`${prefix}.self_attn.o_proj.weight`, [hidden, hidden]),
    ones(`${prefix}.post_attention_layernorm.weight`, hidden),
    random(`${prefix}.mlp.gate_proj.weight`, [intermediate, hidden]),
    random(`${prefix}.mlp.up_proj.weight`, [intermediate, hidden]),
    random(`${prefix}.mlp.down_proj.weight`, [hidden, intermediate]),
  ];
}

function visionTower(prefix: string, vision: VisionShape): TensorSpec[] {
  const { hidden, patchSizePx, imageSizePx } = vision;
  const positions = Math.floor(imageSizePx / patchSizePx) ** 2;
  return [
    random(`${prefix}.embeddings.patch_embedding.weight`, [hidden, 3, patchSizePx, patchSizePx]),
    random(`${prefix}.embeddings.patch_embedding.bias`, [hidden]),
    random(`${prefix}.embeddings.position_embedding.weight`, [positions, hidden]),
    ...times(vision.layers, (i) => visionLayer(`${prefix}.encoder.layers.${i}`, vision)),
    ...layerNorm(`${prefix}.post_layernorm`, hidden),
  ];
}

/** One layer of a ViT. */
export function visionLayer(prefix: string, { hidden, intermediate }: VisionShape): TensorSpec[] {
  const attention = ["q_proj", "k_proj", "v_proj", "out_proj"];
  return [
    ...layerNorm(`${prefix}.layer_norm1`, hidden),
    ...attention.flatMap((part) => linear(`${prefix}.self_attn.${part}`, hidden, hidden)),
    ...layerNorm(`${prefix}.layer_norm2`, hidden),
    ...linear(`${prefix}.mlp.fc1`, hidden, intermediate),
    ...linear(`${prefix}.mlp.fc2`, intermediate, hidden),
  ];
}

export const random = (name: string, shape: readonly number[]): TensorSpec => ({ name, shape, fill: "random" });
const ones = (name: string, length: number): TensorSpec => ({ name, shape: [length], fill: "ones" });

export function linear(prefix: string, inputs: number, outputs: number): TensorSpec[] {
  return [random(`${prefix}.weight`, [outputs, inputs]), random(`${prefix}.bias`, [outputs])];
}

export function layerNorm(prefix: string, hidden: number): TensorSpec[] {
  return [ones(`${prefix}.weight`, hidden), random(`${prefix}.bias`, [hidden])];
}

export function times<Item>(count: number, make: (index: number) => Item[]): Item[] {
  return Array.from({ length: count }, (_, i) => make(i)).flat();
}
