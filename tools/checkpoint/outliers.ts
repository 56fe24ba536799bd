import { closeSync, openSync, writeSync } from "node:fs";
import { readDecoderConfig } from "#model/checkpoint.ts";
import { narrowToBf16, narrowToF16 } from "#model/half.ts";
import type { TensorEntry } from "#model/safetensors.ts";
import { openWeights, type Weights } from "#model/weights.ts";

/** Where activations get channels that are far larger than the others: behind norms, before down_proj, before o_proj. */
type OutlierPlace = "norms" | "down" | "heads";

export interface Outliers {
  /** How many times larger; a power of two, so that no digit changes. */
  readonly size: number;
  /** Channels of each layer that become larger. */
  readonly channels: number;
  readonly places: readonly OutlierPlace[];
  /** Whether what reads a channel becomes smaller by as much, so that the model computes the same. Default true. */
  readonly isCompensated?: boolean;
}

/** Factors of a tensor's rows and columns, of which those that are not named are 1. */
interface Scaling {
  readonly rows: Map<number, number>;
  readonly columns: Map<number, number>;
}

/**
 * Gives the activations of a checkpoint the outliers that large LLMs have, without changing what it computes: what makes a channel larger (a norm's weight, rows of
 * a matrix) is multiplied, and the columns that read the channel are divided by as much.
 *
 * The weight files of `dir` are changed in place. Exact but for 16-bit floats that become subnormal.
 */
export function addOutliers(dir: string, { size, channels, places, isCompensated = true }: Outliers): void {
  const { headDim } = readDecoderConfig(dir);
  const weights = openWeights(dir);
  const scalings = new Map<string, Scaling>();
  const scaling = (name: string): Scaling => {
    const found = scalings.get(name) ?? { rows: new Map(), columns: new Map() };
    scalings.set(name, found);
    return found;
  };
  const enlarge = (scaled: readonly string[], readers: readonly string[], readAs = (channel: number) => [channel]) => {
    const [first = ""] = scaled;
    for (const channel of spread(weights, first, channels)) {
      for (const name of scaled.filter((each) => weights.has(each))) scaling(name).rows.set(channel, size);
      if (isCompensated)
        for (const name of readers) for (const column of readAs(channel)) scaling(name).columns.set(column, 1 / size);
    }
  };
  try {
    for (const name of weights.names()) {
      const layer = /^(.*layers\.\d+\.)self_attn\.q_proj\.weight$/.exec(name)?.[1];
      if (layer !== undefined) enlargeLayer({ weights, headDim, places }, layer, enlarge);
    }
    for (const [name, { rows, columns }] of scalings) rewrite(weights, name, { rows, columns });
  } finally {
    weights.close();
  }
}

interface Target {
  readonly weights: Weights;
  /** Of the LLM's heads. */
  readonly headDim: number;
  readonly places: readonly OutlierPlace[];
}

type Enlarge = (scaled: readonly string[], readers: readonly string[], readAs?: (channel: number) => number[]) => void;

function enlargeLayer({ weights, headDim, places }: Target, layer: string, enlarge: Enlarge): void {
  const named = (...parts: string[]) => parts.map((part) => `${layer}${part}`);
  const heads = named("self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight");
  const isTower = weights.has(`${layer}layer_norm1.weight`);
  if (places.includes("norms") && isTower) {
    enlarge(named("layer_norm1.weight", "layer_norm1.bias"), heads);
    enlarge(named("layer_norm2.weight", "layer_norm2.bias"), named("mlp.fc1.weight"));
  }
  if (places.includes("norms") && !isTower) {
    enlarge(named("input_layernorm.weight"), heads);
    enlarge(named("post_attention_layernorm.weight"), named("mlp.gate_proj.weight", "mlp.up_proj.weight"));
  }
  if (places.includes("down") && !isTower) enlarge(named("mlp.up_proj.weight"), named("mlp.down_proj.weight"));
  if (places.includes("heads")) {
    const out = named(isTower ? "self_attn.out_proj.weight" : "self_attn.o_proj.weight");
    enlarge(
      named("self_attn.v_proj.weight", "self_attn.v_proj.bias"),
      out,
      headReaders({ weights, headDim, places }, layer, out),
    );
  }
}

/** The columns of the output projection that read a channel of the values: one of each head that shares them. */
function headReaders({ weights, headDim }: Target, layer: string, [out = ""]: readonly string[]) {
  const [values] = weights.matrixShape(`${layer}self_attn.v_proj.weight`);
  const [, columns] = weights.matrixShape(out);
  const shared = columns / values;
  return (channel: number) => {
    const [head, offset] = [Math.floor(channel / headDim), channel % headDim];
    return Array.from({ length: shared }, (_, i) => (head * shared + i) * headDim + offset);
  };
}

/** Channels that lie apart from each other. */
function spread(weights: Weights, name: string, count: number): number[] {
  const [length = 1] = weights.entry(name).shape;
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.4) * length) / count));
}

function rewrite(weights: Weights, name: string, { rows, columns }: Scaling): void {
  const entry = weights.entry(name);
  const [count = 1] = entry.shape;
  const values = weights.readFloat32(name);
  const width = values.length / count;
  for (const [row, factor] of rows)
    for (let i = row * width; i < (row + 1) * width; i++) values[i] = (values[i] ?? 0) * factor;
  for (const [column, factor] of columns)
    for (let i = column; i < values.length; i += width) values[i] = (values[i] ?? 0) * factor;
  writeValues(entry, values);
}

function writeValues({ dtype, path, offset }: TensorEntry, values: Float32Array): void {
  const stored = dtype === "F16" ? narrowToF16(values) : dtype === "BF16" ? narrowToBf16(values) : values;
  const file = openSync(path, "r+");
  try {
    writeSync(file, new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), 0, stored.byteLength, offset);
  } finally {
    closeSync(file);
  }
}
