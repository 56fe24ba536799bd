import { patchesPerSide, type VisionConfig } from "#model/config.ts";
import { one } from "#onnx/graph.ts";
import { Ops } from "#onnx/ops.ts";
import type { ExternalTensors } from "./external-tensors.ts";
import type { PlainLinear } from "./plain-linear.ts";

/** Where a checkpoint keeps tower and projector. */
export interface TowerNames {
  readonly prefix: string;
  readonly projector: readonly [first: string, second: string];
}

/** SigLIP and projector as a plain export: `pixel_values` [1, 3, size, size] in, `image_features` [1, patches, projected] out; attention by MatMul and Softmax. */
export function buildPlainTower(
  vision: VisionConfig,
  names: TowerNames,
  tensors: ExternalTensors,
  linear: PlainLinear,
): Ops {
  const g = new Ops("plain-tower");
  const { hidden, intermediate, heads, imageSizePx, patchSizePx, projected, normEpsilon, layers } = vision;
  const patches = patchesPerSide(vision) ** 2;
  const headDim = hidden / heads;
  const apply = (module: string, x: string, inputs: number, outputs: number) =>
    linear(g, x, { weight: `${module}.weight`, bias: `${module}.bias`, inputs, outputs }, tensors);
  const layerNorm = (x: string, module: string) =>
    g.layerNorm(
      x,
      tensors.float(g, `${module}.weight`, [hidden]),
      tensors.float(g, `${module}.bias`, [hidden]),
      normEpsilon,
    );
  const split = (x: string, perm: readonly number[]) => g.transpose(g.reshape(x, [1, patches, heads, headDim]), perm);
  const scale = g.float(1 / Math.sqrt(headDim));

  const pixels = g.input("pixel_values", "float32", [1, 3, imageSizePx, imageSizePx]);
  const size = [patchSizePx, patchSizePx];
  const embedding = `${names.prefix}embeddings.patch_embedding`;
  const kernel = tensors.float(g, `${embedding}.weight`, [hidden, 3, ...size]);
  const conv = g.node("Conv", [pixels, kernel, tensors.float(g, `${embedding}.bias`, [hidden])], {
    kernel_shape: size,
    strides: size,
  });
  const flat = g.transpose(g.reshape(conv, [1, hidden, patches]), [0, 2, 1]); // [1, patches, hidden]
  let x = g.add(flat, tensors.float(g, `${names.prefix}embeddings.position_embedding.weight`, [patches, hidden]));
  for (let layer = 0; layer < layers; layer++) {
    const module = `${names.prefix}encoder.layers.${layer}`;
    const h = layerNorm(x, `${module}.layer_norm1`);
    const q = split(apply(`${module}.self_attn.q_proj`, h, hidden, hidden), [0, 2, 1, 3]);
    const k = split(apply(`${module}.self_attn.k_proj`, h, hidden, hidden), [0, 2, 3, 1]);
    const v = split(apply(`${module}.self_attn.v_proj`, h, hidden, hidden), [0, 2, 1, 3]);
    const weights = g.softmax(g.mul(g.matmul(q, k), scale)); // [1, heads, patches, patches]
    const attended = g.reshape(g.transpose(g.matmul(weights, v), [0, 2, 1, 3]), [1, patches, hidden]);
    const y = g.add(x, apply(`${module}.self_attn.out_proj`, attended, hidden, hidden));
    const inner = apply(`${module}.mlp.fc1`, layerNorm(y, `${module}.layer_norm2`), hidden, intermediate);
    x = g.add(y, apply(`${module}.mlp.fc2`, activate(g, inner, vision.activation), intermediate, hidden));
  }
  const inner = apply(one(names.projector, 0), x, hidden, projected);
  const features = apply(one(names.projector, 1), activate(g, inner, vision.projectorActivation), projected, projected);
  g.output("image_features", features, "float32", [1, patches, projected]);
  return g;
}

function activate(g: Ops, x: string, activation: VisionConfig["activation"]): string {
  if (activation === "quick-gelu") return g.quickGelu(x);
  return g.gelu(x, activation === "gelu-tanh" ? "tanh" : "none");
}
