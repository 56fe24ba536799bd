import { layMerge, MERGE_OFF } from "../merge-settings.ts";
import type { Method } from "../method.ts";

/** Source: VTW (visual tokens withdrawal), arXiv 2405.05803. */
export const vtw = {
  name: "vtw",
  help: "drops all tokens at once, after half of the layers",
  merger: "similar",
  ranking: "none",
  reduction: (said, { layers }) => ({
    merge: layMerge(MERGE_OFF, said.merge),
    prune: said.prune ?? { kind: "steps", steps: [{ layer: Math.floor(layers / 2), retention: 0 }] },
  }),
} as const satisfies Method;
