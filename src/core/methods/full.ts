import { MERGE_OFF } from "../merge-settings.ts";
import type { Method } from "../method.ts";

export const full = {
  name: "full",
  help: "keeps every token, whatever else is said",
  merger: "similar",
  ranking: "none",
  reduction: () => ({ merge: MERGE_OFF, prune: "off" }),
} as const satisfies Method;
