import { join } from "node:path";
import { removeOutdatedConversions } from "#library/conversions.ts";
import { removeAbandoned } from "#library/partial-file.ts";
import { conversionsFolder } from "#library/paths.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import { type ConversionTarget, type ConvertOptions, convert, isWhole } from "./convert.ts";

/** Where the conversions of a checkpoint are kept: one folder for each of its states. */
export function conversionFolder({ name, identity }: Checkpoint): string {
  return join(conversionsFolder(), `${name}-${identity}`);
}

/**
 * Makes sure that what a graph of `checkpoint` needs lies in the cache folder; what older versions converted it to goes. Throws as convert does.
 */
export async function convertInCache(
  { dir }: Checkpoint,
  target: ConversionTarget,
  options: ConvertOptions,
): Promise<void> {
  removeAbandoned(conversionsFolder());
  if (isWhole(join(target.folder, target.file), target)) return;
  await convert(target, options);
  removeOutdatedConversions(target.folder, target.file, dir);
}
