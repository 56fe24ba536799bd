import { AimError } from "#core/errors.ts";
import { type ModelConfig, patchesPerSide } from "./config.ts";
import type { Weights } from "./weights.ts";

/** Every tensor that the graphs of a model take, with its shape. */
export function* expectedTensors({ decoder, vision, names }: ModelConfig): Iterable<[name: string, shape: readonly number[]]> {
  const { hidden, intermediate, heads, kvHeads, headDim, vocab } = decoder;
  yield [`${names.decoder}embed_tokens.weight`, [vocab, hidden]];
  yield [names.lmHead, [vocab, hidden]];
  yield [`${names.decoder}norm.weight`, [hidden]];
  for (let layer = 0; layer < decoder.layers; layer++) {
    const prefix = `${names.decoder}layers.${layer}.`;
    yield [`${prefix}input_layernorm.weight`, [hidden]];
    yield [`${prefix}post_attention_layernorm.weight`, [hidden]];
    for (const [name, rows] of [["q", heads * headDim], ["k", kvHeads * headDim], ["v", kvHeads * headDim]] as const) {
      yield [`${prefix}self_attn.${name}_proj.weight`, [rows, hidden]];
      if (decoder.hasQkvBias) yield [`${prefix}self_attn.${name}_proj.bias`, [rows]];
    }
    yield [`${prefix}self_attn.o_proj.weight`, [hidden, heads * headDim]];
    yield [`${prefix}mlp.gate_proj.weight`, [intermediate, hidden]];
    yield [`${prefix}mlp.up_proj.weight`, [intermediate, hidden]];
    yield [`${prefix}mlp.down_proj.weight`, [hidden, intermediate]];
  }
  yield [names.newline, [hidden]];
  yield* linear(names.projector[0], vision.projected, vision.hidden);
  yield* linear(names.projector[1], vision.projected, vision.projected);
  const patch = vision.patchSizePx;
  yield [`${names.vision}embeddings.patch_embedding.weight`, [vision.hidden, 3, patch, patch]];
  yield [`${names.vision}embeddings.patch_embedding.bias`, [vision.hidden]];
  yield [`${names.vision}embeddings.position_embedding.weight`, [patchesPerSide(vision) ** 2, vision.hidden]];
  for (let layer = 0; layer < vision.layers; layer++) {
    const prefix = `${names.vision}encoder.layers.${layer}.`;
    for (const norm of ["layer_norm1", "layer_norm2"]) {
      yield [`${prefix}${norm}.weight`, [vision.hidden]];
      yield [`${prefix}${norm}.bias`, [vision.hidden]];
    }
    for (const name of ["q_proj", "k_proj", "v_proj", "out_proj"]) yield* linear(`${prefix}self_attn.${name}`, vision.hidden, vision.hidden);
    yield* linear(`${prefix}mlp.fc1`, vision.intermediate, vision.hidden);
    yield* linear(`${prefix}mlp.fc2`, vision.hidden, vision.intermediate);
  }
}

function* linear(module: string, rows: number, columns: number): Iterable<[string, readonly number[]]> {
  yield [`${module}.weight`, [rows, columns]];
  yield [`${module}.bias`, [rows]];
}

/** Throws `invalid-model` if a tensor is missing, has another shape than config.json demands, or a type that cannot be used. */
export function checkTensors(config: ModelConfig, weights: Weights): void {
  for (const [name, shape] of expectedTensors(config)) {
    const entry = weights.entry(name);
    if (entry.shape.join() !== shape.join()) {
      throw new AimError("invalid-model", `${name} has shape [${entry.shape.join(", ")}], config.json demands [${shape.join(", ")}]`, {
        hint: "config.json and the weights are of different models: download the checkpoint again",
      });
    }
    if (!["F32", "F16", "BF16"].includes(entry.dtype)) {
      throw new AimError("invalid-model", `${name} has type ${entry.dtype}`, { hint: "use a checkpoint in F32, F16 or BF16" });
    }
  }
}
