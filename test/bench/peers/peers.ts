import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { openCheckpoint } from "#model/checkpoint.ts";
import { exportGguf } from "./export-gguf.ts";
import { exportOnnx } from "./export-onnx.ts";

/** One other engine with weights in one form, for one part of the model. */
export interface Peer {
  readonly name: string;
  readonly part: "llm" | "tower";
  /** Of the package, relative to node_modules. */
  readonly entry: string;
  readonly script: string;
  readonly flags: readonly string[];
  /** Below the folder of exported models. */
  readonly folder: string;
  /** Within `folder`, what the engine is given; the folder itself unless said. */
  readonly file?: string;
  /** Writes the model into a folder. */
  write(model: string, folder: string): void;
  /** How far its outputs may be from ours in f32, relative L2: rounding of weights to 8 bits is part of it. */
  readonly tolerance: number;
}

const TRANSFORMERS = "@huggingface/transformers/dist/transformers.node.mjs";
const LLAMA = "node-llama-cpp/dist/index.js";

function transformers(part: Peer["part"], dtype: "fp32" | "q8", tolerance: number): Peer {
  return {
    name: `transformers.js, ${dtype}`,
    part,
    entry: TRANSFORMERS,
    script: "peers/transformers.ts",
    flags: ["--part", part, "--dtype", dtype],
    folder: `transformers-${part}-${dtype}`,
    file: part,
    write: (model, folder) => exportOnnx(model, folder, part, dtype),
    tolerance,
  };
}

function llama(type: "F16" | "Q8_0", tolerance: number): Peer {
  return {
    name: `node-llama-cpp, ${type}`,
    part: "llm",
    entry: LLAMA,
    script: "peers/llama.ts",
    flags: [],
    folder: `llama-${type}`,
    file: "model.gguf",
    write: (model, folder) => exportGguf(model, path.join(folder, "model.gguf"), type),
    tolerance,
  };
}

export const PEERS: readonly Peer[] = [
  transformers("llm", "fp32", 1e-4),
  transformers("llm", "q8", 0.1),
  llama("F16", 0.01),
  llama("Q8_0", 0.05),
  transformers("tower", "fp32", 1e-4),
  transformers("tower", "q8", 0.1),
];

/** Writes the peer's form of `model` below `root` unless it is there whole. */
export function exportFor(peer: Peer, model: string, root: string): void {
  const folder = path.join(root, peer.folder);
  if (existsSync(folder)) return;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  peer.write(model, partial);
  renameSync(partial, folder);
}

export interface PeerPlaces {
  /** node_modules of the installed peers. */
  readonly packages: string;
  /** Where exported models lie. */
  readonly root: string;
}

/** The flags of a peer's script for a model that was exported below `root`. */
export function peerFlags(peer: Peer, model: string, { packages, root }: PeerPlaces): string[] {
  const { weights, model: sizes } = openCheckpoint(model);
  weights.close();
  const { vocab, layers, kvHeads, headDim } = sizes.decoder;
  const shape =
    peer.script === "peers/transformers.ts"
      ? [
          ...["--layers", String(layers), "--kv", `${kvHeads}x${headDim}`],
          ...["--imageSizePx", String(sizes.vision.imageSizePx)],
        ]
      : [];
  return [
    ...["--package", path.join(packages, peer.entry)],
    ...["--model", path.join(root, peer.folder, peer.file ?? "")],
    ...["--vocabulary", String(vocab), ...shape, ...peer.flags],
  ];
}
