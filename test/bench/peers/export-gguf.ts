import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { narrowToF16 } from "#model/half.ts";
import type { Weights } from "#model/weights.ts";
import { bytesOf } from "#onnx/ops.ts";
import { type GgufTensor, type GgufValue, writeGguf } from "./gguf.ts";

const BLOCK = 32;
/** What files of these types are called in `general.file_type`. */
const FILE_TYPES = { F16: 1, Q8_0: 7 } as const;
export type GgufWeights = keyof typeof FILE_TYPES;

/** Names within a layer: ours, llama.cpp's, and whether the tensor is a matrix, which takes the file's type; all others are float32. */
const LAYER = [
  ["input_layernorm.weight", "attn_norm.weight", false],
  ["self_attn.q_proj.weight", "attn_q.weight", true],
  ["self_attn.q_proj.bias", "attn_q.bias", false],
  ["self_attn.k_proj.weight", "attn_k.weight", true],
  ["self_attn.k_proj.bias", "attn_k.bias", false],
  ["self_attn.v_proj.weight", "attn_v.weight", true],
  ["self_attn.v_proj.bias", "attn_v.bias", false],
  ["self_attn.o_proj.weight", "attn_output.weight", true],
  ["post_attention_layernorm.weight", "ffn_norm.weight", false],
  ["mlp.gate_proj.weight", "ffn_gate.weight", true],
  ["mlp.up_proj.weight", "ffn_up.weight", true],
  ["mlp.down_proj.weight", "ffn_down.weight", true],
] as const;

/** Writes the LLM of a Qwen2-based checkpoint as GGUF, with a made-up vocabulary of the right size: prompts are given as ids. */
export function exportGguf(model: string, path: string, type: GgufWeights): void {
  const checkpoint = openCheckpoint(model);
  try {
    writeGguf(path, metadata(checkpoint, type), tensorsOf(checkpoint, type));
  } finally {
    checkpoint.weights.close();
  }
}

function tensorsOf({ model, weights }: Checkpoint, type: GgufWeights): GgufTensor[] {
  const { decoder, decoderNames } = model;
  const { prefix, lmHead } = decoderNames;
  const tensor = (source: string, name: string, isMatrix: boolean): GgufTensor => {
    const stored = isMatrix ? type : "F32";
    return { name, type: stored, dims: weights.entry(source).shape, bytes: () => pieces(weights, source, stored) };
  };
  const layers = Array.from({ length: decoder.layers }, (_, layer) =>
    LAYER.map(([source, name, isMatrix]) =>
      tensor(`${prefix}layers.${layer}.${source}`, `blk.${layer}.${name}`, isMatrix),
    ),
  );
  const isTied = lmHead === `${prefix}embed_tokens.weight`;
  return [
    tensor(`${prefix}embed_tokens.weight`, "token_embd.weight", true),
    ...layers.flat(),
    tensor(`${prefix}norm.weight`, "output_norm.weight", false),
    ...(isTied ? [] : [tensor(lmHead, "output.weight", true)]),
  ];
}

function* pieces(weights: Weights, name: string, type: GgufTensor["type"]): Iterable<Uint8Array> {
  for (const { values } of weights.streamRows(name, 256)) {
    if (type === "F32") yield bytesOf(values);
    else if (type === "F16") yield new Uint8Array(narrowToF16(values).buffer);
    else yield toQ8(values);
  }
}

/** Blocks of 32 values: a scale in half precision and 32 levels. Source: ggml's block_q8_0. */
export function toQ8(values: Float32Array): Uint8Array {
  const blocks = values.length / BLOCK;
  const scales = Float32Array.from({ length: blocks }, (_, block) => {
    let largest = 0;
    for (const value of values.subarray(block * BLOCK, (block + 1) * BLOCK))
      largest = Math.max(largest, Math.abs(value));
    return largest / 127;
  });
  const halves = new Uint8Array(narrowToF16(scales).buffer);
  const out = new Uint8Array(blocks * (BLOCK + 2));
  for (let block = 0; block < blocks; block++) {
    const at = block * (BLOCK + 2);
    out.set(halves.subarray(2 * block, 2 * block + 2), at);
    const inverse = 1 / (scales[block] || 1);
    for (let i = 0; i < BLOCK; i++) out[at + 2 + i] = Math.round((values[block * BLOCK + i] ?? 0) * inverse) & 255;
  }
  return out;
}

function metadata({ model }: Checkpoint, type: GgufWeights): Record<string, GgufValue> {
  const { hidden, intermediate, layers, heads, kvHeads, vocab, maxPositions, ropeTheta, normEpsilon } = model.decoder;
  const uint = (value: number): GgufValue => ({ kind: "uint32", value });
  const float = (value: number): GgufValue => ({ kind: "float32", value });
  const text = (value: string): GgufValue => ({ kind: "string", value });
  return {
    "general.architecture": text("qwen2"),
    "general.name": text("random"),
    "general.file_type": uint(FILE_TYPES[type]),
    "qwen2.context_length": uint(maxPositions),
    "qwen2.embedding_length": uint(hidden),
    "qwen2.block_count": uint(layers),
    "qwen2.feed_forward_length": uint(intermediate),
    "qwen2.attention.head_count": uint(heads),
    "qwen2.attention.head_count_kv": uint(kvHeads),
    "qwen2.attention.layer_norm_rms_epsilon": float(normEpsilon),
    "qwen2.rope.freq_base": float(ropeTheta),
    "tokenizer.ggml.model": text("gpt2"),
    "tokenizer.ggml.pre": text("qwen2"),
    "tokenizer.ggml.tokens": { kind: "strings", value: Array.from({ length: vocab }, (_, i) => `t${i}`) },
    "tokenizer.ggml.token_type": { kind: "int32s", value: Array<number>(vocab).fill(1) },
    "tokenizer.ggml.merges": { kind: "strings", value: ["t 0"] },
    "tokenizer.ggml.eos_token_id": uint(vocab - 1),
    "tokenizer.ggml.bos_token_id": uint(vocab - 1),
  };
}
