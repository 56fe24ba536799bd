import type { VisualRecord } from "#core/record.ts";
import type { PrefillResult } from "./llm.ts";
import type { Sequence } from "./sequence.ts";

/** What became of every visual token: from positions in the prompt to ordinals among the visual tokens. */
export function recordVisual(
  { isText, visual, mergedInto }: Sequence,
  { entered, importance }: PrefillResult,
): VisualRecord {
  const ordinals = visualOrdinals(isText);
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

/** [prompt] Which visual token lies at each position, counted in the order of the sequence; -1 for text. */
export function visualOrdinals(isText: Uint8Array): Int32Array {
  let next = 0;
  return Int32Array.from(isText, (text) => (text === 0 ? next++ : -1));
}
