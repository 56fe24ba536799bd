import { layMerge, MERGE_OFF } from "../merge-settings.ts";
import type { Method } from "../method.ts";

/**
 * PyramidDrop. As published it ranks with the queries and keys of the layer after the cut and numbers the positions of what is left anew;
 * here, as with every method, the layer before the cut ranks and positions stay.
 *
 * Source: PyramidDrop, arXiv 2410.17247.
 */
export const pdrop = {
  name: "pdrop",
  help: "halves the tokens after each quarter of the layers, by the last token's attention",
  merger: "similar",
  ranking: "last-query",
  reduction: (said, { layers }) => ({
    merge: layMerge(MERGE_OFF, said.merge),
    prune: said.prune ?? { kind: "steps", steps: halvings(layers) },
  }),
} as const satisfies Method;

/** Of quarters that meet at one layer, in a shallow model, the last counts. */
function halvings(layers: number): { layer: number; retention: number }[] {
  const quarters = [1, 2, 3].map((quarter) => ({
    layer: Math.floor((quarter * layers) / 4),
    retention: 0.5 ** quarter,
  }));
  return quarters.filter(({ layer }, i) => layer !== quarters[i + 1]?.layer);
}
