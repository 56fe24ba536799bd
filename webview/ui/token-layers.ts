import type { RunRecord, VisualRecord } from "#core/record.ts";
import { formatCount } from "#core/units.ts";
import type { LayerRow } from "./layer-chart.tsx";
import { countPresent } from "./token-grid.ts";

/** The layer that shows most: the last one that visual tokens enter, if any were dropped before the end; else the first. */
export function initialLayer({ visual, model }: RunRecord): number {
  const last = visual.lastLayer.reduce((latest, layer) => Math.max(latest, layer), 0);
  const isPruned = visual.lastLayer.some((layer) => layer < model.decoder.layers - 1);
  return isPruned ? last : 0;
}

/** `Layer 6: 35 of 105 visual tokens enter`. */
export function layerStatus(visual: VisualRecord, layer: number): string {
  return `Layer ${layer}: ${formatCount(countPresent(visual, layer))} of ${formatCount(visual.count)} visual tokens enter`;
}

/** Text and visual tokens that enter each layer. */
export function layerRows({ visual, tokens }: RunRecord): readonly LayerRow[] {
  return tokens.perLayer.flatMap((_, layer) => [
    { layer, kind: "text" as const, tokens: tokens.text },
    { layer, kind: "visual" as const, tokens: countPresent(visual, layer) },
  ]);
}

/** Tokens that would enter every layer without merging and pruning: text, encoded and newlines. */
export function fullTokens({ tokens, visual }: RunRecord): number {
  return tokens.text + tokens.encoded + countNewlines(visual);
}

/** Visual tokens that stand for the end of a row or a video rather than for encoded tokens. */
export function countNewlines({ count, mergedInto }: VisualRecord): number {
  return count - new Set(mergedInto.filter((token) => token >= 0)).size;
}
