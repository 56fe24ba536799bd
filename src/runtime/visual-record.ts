import type { VisualRecord } from "#core/record.ts";
import type { PrefillResult } from "./llm.ts";
import type { Sequence } from "./sequence.ts";

/** What became of every visual token: from positions in the prompt to ordinals among the visual tokens. */
export function recordVisual(
  { isText, visual, mergedInto }: Sequence,
  { entered, importance }: PrefillResult,
): VisualRecord {
  const ordinals = new Int32Array(isText.length).fill(-1);
  let next = 0;
  for (const [position, text] of isText.entries()) if (text === 0) ordinals[position] = next++;

  const lastLayer = new Int16Array(visual);
  const scoredLayers = importance.flatMap((scores, layer) => (scores ? [layer] : []));
  const values = new Float32Array(scoredLayers.length * visual).fill(Number.NaN);
  for (const [layer, positions] of entered.entries()) {
    const scores = importance[layer];
    const rowStart = scoredLayers.indexOf(layer) * visual;
    for (const [row, position] of positions.entries()) {
      const token = ordinals[position] ?? -1;
      if (token < 0) continue;
      lastLayer[token] = layer;
      if (scores) values[rowStart + token] = scores[row] ?? Number.NaN;
    }
  }
  return { count: visual, mergedInto, lastLayer, importanceLayers: scoredLayers, importance: values };
}
