import { pooledSide } from "#core/pool.ts";
import { Ops } from "#onnx/ops.ts";
import type { AttentionForm } from "../../attention-form.ts";
import { patchesPerSide, type VisionConfig } from "../../config.ts";
import { VISION } from "../../family.ts";
import type { Recipe } from "../../precision/recipe.ts";
import type { TensorStore } from "../../store.ts";
import { TowerMerging } from "../../tower-merging.ts";
import { VitBuilder } from "../../vit.ts";

/** Where a checkpoint keeps tower and projector. */
export interface VisionNames {
  /** What comes before `embeddings...` and `encoder...`. */
  readonly prefix: string;
  readonly projector: readonly [first: string, second: string];
}

/**
 * SigLIP and projector: the features are those of the last used layer, before any closing norm. A crop is all of its patches; a video
 * frame is the same grid shrunk bilinearly to half its sides, rounded up. Tokens that merged inside the tower are taken apart again before that.
 */
export function buildVision(
  vision: VisionConfig,
  names: VisionNames,
  store: TensorStore,
  recipe: Recipe,
  form?: AttentionForm["cached"],
): Ops {
  const g = new Ops("vision");
  const vit = new VitBuilder(g, vision, store, recipe, form);
  const side = patchesPerSide(vision);
  const half = pooledSide(side);
  const merging = new TowerMerging(g, vision, form);
  const pixels = g.input(VISION.pixels, "float32", [1, 3, vision.imageSizePx, vision.imageSizePx]);

  let x = g.scope("embeddings", () => {
    const patches = vit.embedPatches(pixels, `${names.prefix}embeddings.patch_embedding`); // [patches, hidden]
    return vit.addPositions(patches, `${names.prefix}embeddings.position_embedding.weight`, side ** 2);
  });
  for (let layer = 0; layer < vision.layers; layer++) {
    x = g.scope(`layers.${layer}`, () => vit.encoderLayer(x, `${names.prefix}encoder.layers.${layer}.`, merging)); // [tokens, hidden]
  }
  const projected = g.scope("projector", () => vit.project(x, names.projector)); // [tokens, projected]
  const features = g.scope("unmerge", () => merging.unmerge(projected)); // [patches, projected]
  g.output(VISION.crop, features, "float32", [side ** 2, vision.projected]);
  g.output(
    VISION.frame,
    g.scope("pool", () => vit.pool(features, half)),
    "float32",
    [half ** 2, vision.projected],
  );
  return g;
}
