import { z } from "zod";
import { AimError } from "#core/errors.ts";
import type { Advice } from "#core/method.ts";
import { checkPrune, defaultPrune, type PruneSettings } from "#core/prune-settings.ts";
import type { RunSettings } from "#core/settings.ts";
import { MOST_SIMILAR } from "#core/vision-settings.ts";
import { count, readConfigPart } from "./config-reader.ts";

/** Settings that suit a model where the user says nothing. */
export interface Preset extends RunSettings, Advice {}

/** An optional file `aim.json` in a model folder, for models that want other settings than the rule gives. */
const schema = z.object({
  frames: count.max(1024).default(32),
  merge: z.number().positive().max(1).optional(),
  prune: z.tuple([z.int().nonnegative(), z.int().positive()]).optional(),
  vision: z
    .object({ merge: z.number().positive().max(1).default(1), similar: z.number().min(0).max(MOST_SIMILAR).default(0) })
    .prefault({}),
});

/**
 * The preset of a model of `layers` layers: `file`, what its aim.json holds (undefined without one), over the paper's settings
 * (32 frames, merging to 25 % or what the family says, pruning over the layers after the middle). Throws `invalid-model` for a file that does
 * not fit the model.
 */
export function readPreset(
  file: unknown,
  {
    layers,
    maxTokens,
    retention = 0.25,
  }: { layers: number; maxTokens: number | undefined; retention?: number | undefined },
): Preset {
  const said = readConfigPart("aim.json", schema, file ?? {});
  return {
    method: "aim",
    layers,
    frames: said.frames,
    merge: { retention: said.merge ?? retention, order: "reference", weighting: "plain" },
    prune: said.prune === undefined ? defaultPrune(layers) : readPrune(said.prune, layers),
    vision: { retention: said.vision.merge, similar: said.vision.similar },
    maxTokens: maxTokens ?? 128,
    temperature: 0,
    topP: 1,
    seed: 0,
  };
}

function readPrune([firstLayer, lastLayer]: [number, number], layers: number): PruneSettings {
  const prune: PruneSettings = { kind: "linear", firstLayer, lastLayer };
  try {
    checkPrune(layers, prune);
  } catch (cause) {
    throw new AimError("invalid-model", `aim.json: ${cause instanceof Error ? cause.message : cause}`, {
      hint: "correct aim.json, or delete it",
      cause,
    });
  }
  return prune;
}
