import { AimError } from "#core/errors.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import { findNonFinite, type ScanOptions } from "#model/non-finite.ts";

/** The error of a checkpoint with weights that are not finite numbers; undefined for a sound one. Reads all of it. */
export async function findDamage(
  { dir, weights }: Checkpoint,
  options: ScanOptions = {},
): Promise<AimError | undefined> {
  const found = await findNonFinite(weights, options);
  if (found === undefined) return undefined;
  return new AimError("invalid-model", `${dir}: ${found.name} holds ${found.value} at index ${found.index}`, {
    hint: "the weights are damaged: download the checkpoint again",
  });
}
