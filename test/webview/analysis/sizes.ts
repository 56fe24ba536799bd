import type { SyntheticOptions } from "../../support/synthetic-record.ts";
import { LARGE } from "../pictured.ts";

/** Sizes of synthetic runs: of the demo model, and of LLaVA-OneVision 7B with AIM's cuts, without any, and without any on 192 frames. */
export const SIZES = {
  demo: {},
  large: LARGE,
  full: { ...LARGE, mergeSteps: [], prune: "off" },
  "192": { ...LARGE, frames: 192, mergeSteps: [], prune: "off" },
} as const satisfies Record<string, SyntheticOptions>;

export const SIZE_NAMES = ["demo", "large", "full", "192"] as const satisfies readonly (keyof typeof SIZES)[];
