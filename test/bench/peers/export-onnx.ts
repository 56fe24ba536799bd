import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Checkpoint, openCheckpoint } from "#model/checkpoint.ts";
import { readConfig } from "#model/families/llava-onevision/config.ts";
import { encodeModel } from "#onnx/encode.ts";
import type { Ops } from "#onnx/ops.ts";
import { ExternalTensors } from "./external-tensors.ts";
import { PLAIN_LINEAR, type PlainDtype } from "./plain-linear.ts";
import { buildPlainLlm } from "./plain-llm.ts";
import { buildPlainTower } from "./plain-tower.ts";

export type PeerPart = "llm" | "tower";

/** What transformers.js appends to a file's name for a precision. */
const SUFFIX: Readonly<Record<PlainDtype, string>> = { fp32: "", q8: "_quantized" };
const FILES: Readonly<Record<PeerPart, string>> = { llm: "model", tower: "vision_encoder" };

/** Writes one part of a LLaVA-OneVision checkpoint as transformers.js expects it below `folder`: config.json and onnx/*.onnx. */
export function exportOnnx(model: string, folder: string, part: PeerPart, dtype: PlainDtype): void {
  const checkpoint = openCheckpoint(model);
  try {
    const target = path.join(folder, part);
    mkdirSync(path.join(target, "onnx"), { recursive: true });
    writeFileSync(path.join(target, "config.json"), JSON.stringify(configOf(checkpoint, part), undefined, 2));
    const file = `${FILES[part]}${SUFFIX[dtype]}.onnx`;
    const tensors = new ExternalTensors(checkpoint.weights, `${file}_data`);
    const graph = build(checkpoint, part, dtype, tensors);
    writeFileSync(path.join(target, "onnx", file), encodeModel(graph));
    tensors.write(path.join(target, "onnx", `${file}_data`));
  } finally {
    checkpoint.weights.close();
  }
}

function build(checkpoint: Checkpoint, part: PeerPart, dtype: PlainDtype, tensors: ExternalTensors): Ops {
  const { model, dir, weights } = checkpoint;
  if (part === "llm") return buildPlainLlm(model.decoder, model.decoderNames, tensors, PLAIN_LINEAR[dtype]);
  const config = JSON.parse(readFileSync(path.join(dir, "config.json"), "utf8"));
  const { visionNames } = readConfig({ config, weights });
  return buildPlainTower(model.vision, visionNames, tensors, PLAIN_LINEAR[dtype]);
}

function configOf({ model }: Checkpoint, part: PeerPart): object {
  if (part === "tower") return { model_type: "custom" };
  const { hidden, intermediate, layers, heads, kvHeads, vocab, maxPositions, ropeTheta, normEpsilon } = model.decoder;
  return {
    architectures: ["Qwen2ForCausalLM"],
    model_type: "qwen2",
    hidden_act: "silu",
    hidden_size: hidden,
    intermediate_size: intermediate,
    max_position_embeddings: maxPositions,
    num_attention_heads: heads,
    num_hidden_layers: layers,
    num_key_value_heads: kvHeads,
    rms_norm_eps: normEpsilon,
    rope_theta: ropeTheta,
    vocab_size: vocab,
  };
}
