import type { Recipe } from "./recipe.ts";

/** The reference: float32 products straight from the checkpoint's files. */
export const f32: Recipe = {
  name: "f32",
  isInPlace: true,
  linear(g, x, layer, store) {
    const bias = layer.bias === undefined ? undefined : store.float(g, layer.bias);
    return g.gemm(x, store.float(g, layer.weight), bias); // [n, out]
  },
};
