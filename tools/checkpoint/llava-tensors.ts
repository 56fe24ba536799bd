import type { CheckpointSpec, VisionShape } from "./spec.ts";
import { decoder, layerNorm, linear, random, type TensorSpec, times, visionLayer } from "./tensors.ts";

/** All tensors of a LLaVA-1.5 checkpoint. */
export function listLlavaTensors({ text, vision, isTied, naming }: CheckpointSpec): TensorSpec[] {
  const isCurrent = naming === "current";
  const root = isCurrent ? "model." : "";
  const lmHead = isCurrent ? "lm_head.weight" : "language_model.lm_head.weight";
  return [
    ...decoder(isCurrent ? "model.language_model" : "language_model.model", text, { hasQkvBias: false }),
    ...(isTied ? [] : [random(lmHead, [text.vocabulary, text.hidden])]),
    ...linear(`${root}multi_modal_projector.linear_1`, vision.hidden, text.hidden),
    ...linear(`${root}multi_modal_projector.linear_2`, text.hidden, text.hidden),
    ...clipTower(`${root}vision_tower.vision_model`, vision),
  ];
}

function clipTower(prefix: string, vision: VisionShape): TensorSpec[] {
  const { hidden, patchSizePx, imageSizePx } = vision;
  const positions = Math.floor(imageSizePx / patchSizePx) ** 2 + 1;
  return [
    random(`${prefix}.embeddings.class_embedding`, [hidden]),
    random(`${prefix}.embeddings.patch_embedding.weight`, [hidden, 3, patchSizePx, patchSizePx]),
    random(`${prefix}.embeddings.position_embedding.weight`, [positions, hidden]),
    ...layerNorm(`${prefix}.pre_layrnorm`, hidden), // their spelling
    ...times(vision.layers, (i) => visionLayer(`${prefix}.encoder.layers.${i}`, vision)),
    ...layerNorm(`${prefix}.post_layernorm`, hidden),
  ];
}
