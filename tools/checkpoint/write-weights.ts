import { join } from "node:path";
import { makeFiller } from "./fill.ts";
import { listTensors } from "./list-tensors.ts";
import type { CheckpointSpec } from "./spec.ts";
import { writeJson } from "./write-json.ts";
import { type TensorSource, writeSafetensors } from "./write-safetensors.ts";

const STORED_AS = {
  f32: { dtype: "F32", bytesPerValue: 4 },
  f16: { dtype: "F16", bytesPerValue: 2 },
  bf16: { dtype: "BF16", bytesPerValue: 2 },
} as const;

/** Writes `model.safetensors`, or shards and their index; sparse files hold zeros. */
export function writeWeights(dir: string, spec: CheckpointSpec, options: { isSparse?: boolean } = {}): void {
  const tensors = weightSources(spec);
  if (spec.shards === 1) {
    writeSafetensors(join(dir, "model.safetensors"), tensors, options);
    return;
  }
  const weightMap: Record<string, string> = {};
  for (const [i, shard] of splitEvenly(tensors, spec.shards).entries()) {
    const file = `model-${fiveDigits(i + 1)}-of-${fiveDigits(spec.shards)}.safetensors`;
    writeSafetensors(join(dir, file), shard, options);
    for (const { name } of shard) weightMap[name] = file;
  }
  writeJson(join(dir, "model.safetensors.index.json"), {
    metadata: { total_size: weightBytes(spec) },
    weight_map: weightMap,
  });
}

/** Bytes that the weights of such a checkpoint take. */
export function weightBytes(spec: CheckpointSpec): number {
  const values = listTensors(spec).reduce((sum, { shape }) => sum + product(shape), 0);
  return values * STORED_AS[spec.dtype].bytesPerValue;
}

function weightSources(spec: CheckpointSpec): TensorSource[] {
  const filler = makeFiller(spec);
  const { dtype, bytesPerValue } = STORED_AS[spec.dtype];
  return listTensors(spec).map(({ name, shape, fill }) => {
    const values = product(shape);
    const pieces = fill === "ones" ? filler.ones(values) : filler.random(name, values);
    return { name, dtype, shape, sizeBytes: values * bytesPerValue, pieces };
  });
}

/** Cuts the list into `count` runs of about equal size, none of them empty. */
function splitEvenly(tensors: readonly TensorSource[], count: number): TensorSource[][] {
  const shardBytes = tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / count;
  const shards: TensorSource[][] = [[]];
  let doneBytes = 0;
  for (const [i, tensor] of tensors.entries()) {
    const isFull = doneBytes >= shardBytes * shards.length;
    const isLastChance = tensors.length - i === count - shards.length;
    if (i > 0 && shards.length < count && (isFull || isLastChance)) shards.push([]);
    shards.at(-1)?.push(tensor);
    doneBytes += tensor.sizeBytes;
  }
  return shards;
}

const product = (shape: readonly number[]) => shape.reduce((values, length) => values * length, 1);

const fiveDigits = (number: number) => String(number).padStart(5, "0");
