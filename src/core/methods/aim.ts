import { layMerge } from "../merge-settings.ts";
import type { Method } from "../method.ts";

/** Source: AIM, arXiv 2412.03248. */
export const aim = {
  name: "aim",
  help: "merges the similar tokens of each frame, then prunes the least important ones from layer to layer",
  merger: "similar",
  ranking: "pagerank",
  reduction: (said, advice) => ({ merge: layMerge(advice.merge, said.merge), prune: said.prune ?? advice.prune }),
} as const satisfies Method;
