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

/** All tensors of a checkpoint. */
export function listTensors({ text, vision, isTied, naming }: CheckpointSpec): TensorSpec[] {
  const prefix = PREFIXES[naming];
  return [
    random(prefix.newline, [text.hidden]),
    ...decoder(prefix.decoder, text),
    ...(isTied ? [] : [random(`${prefix.lmHead}.weight`, [text.vocabulary, text.hidden])]),
    ...linear(`${prefix.projector}.linear_1`, vision.hidden, text.hidden),
    ...linear(`${prefix.projector}.linear_2`, text.hidden, text.hidden),
    ...visionTower(prefix.vision, vision),
  ];
}

function decoder(prefix: string, text: TextShape): TensorSpec[] {
  return [
    random(`${prefix}.embed_tokens.weight`, [text.vocabulary, text.hidden]),
    ...times(text.layers, (i) => decoderLayer(`${prefix}.layers.${i}`, text)),
    ones(`${prefix}.norm.weight`, text.hidden),
  ];
}

function decoderLayer(prefix: string, { hidden, heads, kvHeads, intermediate }: TextShape): TensorSpec[] {
  const kvHidden = (hidden / heads) * kvHeads;
  return [
    ones(`${prefix}.input_layernorm.weight`, hidden),
    ...linear(`${prefix}.self_attn.q_proj`, hidden, hidden),
    ...linear(`${prefix}.self_attn.k_proj`, hidden, kvHidden),
    ...linear(`${prefix}.self_attn.v_proj`, hidden, kvHidden),
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

function visionLayer(prefix: string, { hidden, intermediate }: VisionShape): TensorSpec[] {
  const attention = ["q_proj", "k_proj", "v_proj", "out_proj"];
  return [
    ...layerNorm(`${prefix}.layer_norm1`, hidden),
    ...attention.flatMap((part) => linear(`${prefix}.self_attn.${part}`, hidden, hidden)),
    ...layerNorm(`${prefix}.layer_norm2`, hidden),
    ...linear(`${prefix}.mlp.fc1`, hidden, intermediate),
    ...linear(`${prefix}.mlp.fc2`, intermediate, hidden),
  ];
}

const random = (name: string, shape: readonly number[]): TensorSpec => ({ name, shape, fill: "random" });
const ones = (name: string, length: number): TensorSpec => ({ name, shape: [length], fill: "ones" });

function linear(prefix: string, inputs: number, outputs: number): TensorSpec[] {
  return [random(`${prefix}.weight`, [outputs, inputs]), random(`${prefix}.bias`, [outputs])];
}

function layerNorm(prefix: string, hidden: number): TensorSpec[] {
  return [ones(`${prefix}.weight`, hidden), random(`${prefix}.bias`, [hidden])];
}

function times<Item>(count: number, make: (index: number) => Item[]): Item[] {
  return Array.from({ length: count }, (_, i) => make(i)).flat();
}
