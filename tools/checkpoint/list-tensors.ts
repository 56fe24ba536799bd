import { listLlavaTensors } from "./llava-tensors.ts";
import type { CheckpointSpec } from "./spec.ts";
import { listOnevisionTensors, type TensorSpec } from "./tensors.ts";

/** All tensors of a checkpoint. */
export function listTensors(spec: CheckpointSpec): TensorSpec[] {
  return spec.family === "llava" ? listLlavaTensors(spec) : listOnevisionTensors(spec);
}
