import type { Recipe } from "./recipe.ts";

/** The reference: float32 products straight from the checkpoint's files. */
export const f32: Recipe = {
  name: "f32",
  version: 1,
  isInPlace: true,
  linear(g, x, layer, store) {
    const bias = layer.bias === undefined ? undefined : store.float(g, layer.bias, [layer.outputs]);
    return g.gemm(x, store.float(g, layer.weight, [layer.outputs, layer.inputs]), bias); // [n, out]
  },
};
