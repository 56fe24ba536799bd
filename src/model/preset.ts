import { z } from "zod";
import { defaultPrune } from "#core/schedule.ts";
import type { RunSettings } from "#core/settings.ts";
import { count, readConfigPart } from "./config-reader.ts";

/** Settings that suit a model where the user says nothing. */
export interface Preset extends RunSettings {
  /** Frames taken from a video. */
  readonly frames: number;
}

/** An optional file `aim.json` in a model folder, for models that want other settings than the rule gives. */
const schema = z.object({
  frames: count.max(1024).default(32),
  merge: z.number().positive().max(1).default(0.25),
  prune: z.tuple([z.int().nonnegative(), z.int().positive()]).optional(),
});

/**
 * The preset of a model of `layers` layers: `file`, what its aim.json holds (undefined without one), over the paper's settings
 * (32 frames, merging to 25 %, pruning over the layers after the middle).
 */
export function readPreset(file: unknown, layers: number, maxTokens: number | undefined): Preset {
  const said = readConfigPart(schema, file ?? {}, "aim.json");
  const [firstLayer, lastLayer] = said.prune ?? [];
  return {
    method: "aim",
    frames: said.frames,
    merge: { retention: said.merge, order: "reference", weighting: "plain" },
    prune: firstLayer === undefined || lastLayer === undefined ? defaultPrune(layers) : { firstLayer, lastLayer },
    maxTokens: maxTokens ?? 128,
    temperature: 0,
    topP: 1,
    seed: 0,
  };
}
