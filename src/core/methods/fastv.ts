import { layMerge, MERGE_OFF } from "../merge-settings.ts";
import type { Method } from "../method.ts";

/** The layer after which the paper drops tokens. */
const LAYER = 2;

/** Source: FastV, arXiv 2403.06764. */
export const fastv = {
  name: "fastv",
  help: "keeps, from an early layer on, the half of the tokens that the last token attends to most",
  merger: "similar",
  ranking: "last-query",
  reduction: (said, { layers }) => ({
    merge: layMerge(MERGE_OFF, said.merge),
    prune: said.prune ?? { kind: "steps", steps: [{ layer: Math.min(LAYER, layers - 1), retention: 0.5 }] },
  }),
} as const satisfies Method;
