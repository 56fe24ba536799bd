import type { DecoderConfig, DecoderNames } from "#model/config.ts";
import { one } from "#onnx/graph.ts";
import { bytesOf, Ops } from "#onnx/ops.ts";
import type { ExternalTensors } from "./external-tensors.ts";
import type { PlainLinear } from "./plain-linear.ts";

/**
 * The LLM as a plain causal LM, with the inputs and outputs that transformers.js expects: `input_ids`, `attention_mask`, `num_logits_to_keep`
 * and `past_key_values.i.key|value` in, `logits` and `present.i.key|value` out.
 *
 * Attention is GroupQueryAttention with its own rotary embedding, the form of the newer community exports and the fastest that ONNX
 * Runtime has; the older form with MatMul and Softmax would need 10 GB at 6,372 tokens.
 */
export function buildPlainLlm(
  config: DecoderConfig,
  names: DecoderNames,
  tensors: ExternalTensors,
  linear: PlainLinear,
): Ops {
  const g = new Ops("plain-llm");
  const { hidden, intermediate, heads, kvHeads, headDim, normEpsilon, layers, vocab } = config;
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const mask = g.input("attention_mask", "int64", ["batch", "total"]);
  const keep = g.input("num_logits_to_keep", "int64", []);
  const lastIndex = g.cast(g.sub(g.reduceSum(mask, 1, false), g.ints(1)), "int32"); // [batch]
  const total = g.cast(g.squeeze(g.sizeOf(mask, 1), 0), "int32");
  const rotary = rotaryCaches(g, config, tensors);
  const weight = (name: string, dims: readonly number[]) => tensors.float(g, `${names.prefix}${name}`, dims);

  let sum = g.gather(weight("embed_tokens.weight", [vocab, hidden]), ids, 0); // [batch, sequence, hidden]
  let norm = g.rmsNorm(sum, weight("layers.0.input_layernorm.weight", [hidden]), normEpsilon);
  for (let layer = 0; layer < layers; layer++) {
    const project = (name: string, x: string, inputs: number, outputs: number, hasBias = false) => {
      const module = `${names.prefix}layers.${layer}.${name}`;
      return linear(
        g,
        x,
        { weight: `${module}.weight`, bias: hasBias ? `${module}.bias` : undefined, inputs, outputs },
        tensors,
      );
    };
    const cache = ["key", "value"].map((part) =>
      g.input(`past_key_values.${layer}.${part}`, "float32", ["batch", kvHeads, "past", headDim]),
    );
    const attention = g.microsoftOutputs(
      "GroupQueryAttention",
      [
        project("self_attn.q_proj", norm, hidden, heads * headDim, config.hasQkvBias),
        project("self_attn.k_proj", norm, hidden, kvHeads * headDim, config.hasQkvBias),
        project("self_attn.v_proj", norm, hidden, kvHeads * headDim, config.hasQkvBias),
        ...cache,
        lastIndex,
        total,
        ...rotary,
      ],
      { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1 },
      3,
    );
    for (const [i, part] of ["key", "value"].entries())
      g.output(`present.${layer}.${part}`, one(attention, i + 1), "float32", ["batch", kvHeads, "total", headDim]);
    const attended = project("self_attn.o_proj", one(attention, 0), heads * headDim, hidden);
    const middle = g.skipRmsNorm(
      sum,
      attended,
      weight(`layers.${layer}.post_attention_layernorm.weight`, [hidden]),
      normEpsilon,
    );
    const gate = project("mlp.gate_proj", middle.norm, hidden, intermediate);
    const up = project("mlp.up_proj", middle.norm, hidden, intermediate);
    const change = project("mlp.down_proj", g.mul(g.silu(gate), up), intermediate, hidden);
    const next = layer === layers - 1 ? "norm.weight" : `layers.${layer + 1}.input_layernorm.weight`;
    ({ sum, norm } = g.skipRmsNorm(middle.sum, change, weight(next, [hidden]), normEpsilon));
  }
  const last = g.slice(norm, 1, g.unsqueeze(g.node("Neg", [keep]), 0)); // [batch, kept, hidden]
  const logits = linear(g, last, { weight: names.lmHead, inputs: hidden, outputs: vocab }, tensors);
  g.output("logits", logits, "float32", ["batch", "kept", vocab]);
  return g;
}

/** Cosines and sines of all positions, each [positions, headDim / 2]. */
function rotaryCaches(g: Ops, { headDim, ropeTheta, maxPositions }: DecoderConfig, tensors: ExternalTensors): string[] {
  const half = headDim / 2;
  return [Math.cos, Math.sin].map((turn) =>
    tensors.add(g, {
      name: `rotary.${turn.name}`,
      type: "float32",
      dims: [maxPositions, half],
      bytes: () => [
        bytesOf(
          Float32Array.from({ length: maxPositions * half }, (_, i) =>
            turn(Math.floor(i / half) / ropeTheta ** ((2 * (i % half)) / headDim)),
          ),
        ),
      ],
    }),
  );
}
