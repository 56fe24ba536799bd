import { AimError } from "./errors.ts";
import type { PruneSettings } from "./settings.ts";

/**
 * Visual tokens left after `layer` (from 0) out of the `visual` that entered the LLM: floor(r * visual), where r falls in a
 * straight line from 1 before `firstLayer` to 0 after `lastLayer - 1`. Whole-number arithmetic, so 0.1 * 10 is 1. Any
 * depth: see checkPrune.
 * Source: AIM, arXiv 2412.03248.
 */
export function keptVisual(layer: number, visual: number, { firstLayer, lastLayer }: PruneSettings): number {
  if (layer < firstLayer) return visual;
  return Math.max(0, Math.floor((visual * (lastLayer - 1 - layer)) / (lastLayer - firstLayer)));
}

/** Throws `invalid-argument` unless the schedule lies inside a model of `layers` layers. */
export function checkPrune(layers: number, prune: PruneSettings | "off"): void {
  if (prune === "off") return;
  const { firstLayer, lastLayer } = prune;
  const isWhole = Number.isInteger(firstLayer) && Number.isInteger(lastLayer);
  if (!isWhole || firstLayer < 0 || firstLayer >= layers || lastLayer <= firstLayer || lastLayer > layers) {
    throw new AimError(
      "invalid-argument",
      `prune ${firstLayer}..${lastLayer} does not fit this model, which has ${layers} layers`,
      { hint: `the first layer is from 0 to ${layers - 1}, the last one above it and at most ${layers}` },
    );
  }
}

/** [layers] Share of the visual tokens left after each layer. Throws as checkPrune. */
export function retentionPerLayer(layers: number, prune: PruneSettings | "off"): number[] {
  checkPrune(layers, prune);
  return Array.from({ length: layers }, (_, layer) => {
    if (prune === "off" || layer < prune.firstLayer) return 1;
    return Math.max(0, (prune.lastLayer - 1 - layer) / (prune.lastLayer - prune.firstLayer));
  });
}

/** [layers] Visual tokens left after each layer. Throws as checkPrune. */
export function keptVisualPerLayer(layers: number, visual: number, prune: PruneSettings | "off"): number[] {
  checkPrune(layers, prune);
  return Array.from({ length: layers }, (_, layer) => (prune === "off" ? visual : keptVisual(layer, visual, prune)));
}

/** [layers] Sequence length that enters each layer at prefill. Throws as checkPrune. */
export function tokensEntering(layers: number, text: number, visual: number, prune: PruneSettings | "off"): number[] {
  return [visual, ...keptVisualPerLayer(layers, visual, prune).slice(0, -1)].map((kept) => text + kept);
}

/** The layers after which visual tokens go, ascending; the last layer never, as nothing follows it. Throws as checkPrune. */
export function pruningLayers(layers: number, visual: number, prune: PruneSettings | "off"): number[] {
  const entering = tokensEntering(layers, 0, visual, prune);
  return [...entering.keys()].filter(
    (layer) => (entering[layer + 1] ?? 0) < (entering[layer] ?? 0) && layer + 1 < layers,
  );
}

/** The authors' schedule for 28 and 32 layers; for other depths from the middle on, over 2/7 of the layers. */
export function defaultPrune(layers: number): PruneSettings {
  if (layers === 32) return { firstLayer: 13, lastLayer: 21 };
  const firstLayer = Math.min(Math.round(layers / 2), layers - 1);
  const lastLayer = firstLayer + Math.max(1, Math.round((layers * 2) / 7));
  return { firstLayer, lastLayer: Math.min(lastLayer, layers) };
}
