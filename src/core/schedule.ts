import type { PruneSettings } from "./prune-settings.ts";

/** Shares such as 0.29 * 100 land a rounding error below the whole number that is meant. */
const ROUNDING = 1e-9;

/**
 * [layers] Visual tokens left after each layer, out of the `visual` that entered the LLM: the schedule's share, rounded down.
 *
 * That share falls, if `linear`, in a straight line from 1 before `firstLayer` to 0 after `lastLayer - 1`. Source: AIM, arXiv 2412.03248.
 */
export function keptVisualPerLayer(layers: number, visual: number, prune: PruneSettings | "off"): number[] {
  return Array.from({ length: layers }, (_, layer) => Math.floor(visual * retentionAfter(layer, prune) + ROUNDING));
}

function retentionAfter(layer: number, prune: PruneSettings | "off"): number {
  if (prune === "off") return 1;
  if (prune.kind === "steps") return prune.steps.findLast((step) => step.layer <= layer)?.retention ?? 1;
  if (layer < prune.firstLayer) return 1;
  return Math.max(0, (prune.lastLayer - 1 - layer) / (prune.lastLayer - prune.firstLayer));
}

/** [layers] Sequence length that enters each layer at prefill. */
export function tokensEntering(layers: number, text: number, visual: number, prune: PruneSettings | "off"): number[] {
  return [visual, ...keptVisualPerLayer(layers, visual, prune).slice(0, -1)].map((kept) => text + kept);
}

/**
 * The layers at which tokens must be ranked, ascending: after them some visual tokens go, but not all. The last layer is none of them,
 * as nothing follows it.
 */
export function rankedLayers(layers: number, visual: number, prune: PruneSettings | "off"): number[] {
  const entering = tokensEntering(layers, 0, visual, prune);
  const left = entering.slice(1);
  return [...left.keys()].filter((layer) => {
    const kept = left[layer] ?? 0;
    return kept > 0 && kept < (entering[layer] ?? 0);
  });
}

/** Whether the schedule asks which tokens are to stay, on prompts of enough tokens; all or none need no ranking. */
export function needsRanking(prune: PruneSettings | "off"): boolean {
  if (prune === "off") return false;
  if (prune.kind === "linear") return prune.lastLayer - prune.firstLayer > 1;
  return prune.steps.some(({ retention }) => retention > 0 && retention < 1);
}
