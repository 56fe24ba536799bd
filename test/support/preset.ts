import type { Advice } from "#core/method.ts";
import { defaultPrune } from "#core/prune-settings.ts";
import type { RunSettings } from "#core/settings.ts";

/** The settings of a model of `layers` layers that says nothing of its own. */
export function presetOf(layers: number): RunSettings & Advice {
  return {
    method: "aim",
    layers,
    merge: { retention: 0.25, order: "reference", weighting: "plain" },
    prune: defaultPrune(layers),
    vision: { retention: 1, similar: 0 },
    frames: 32,
    maxTokens: 128,
    temperature: 0,
    topP: 1,
    seed: 0,
  };
}
