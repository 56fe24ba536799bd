import { aimCost } from "#core/cost/aim.ts";
import { exactCost, type MergeWork } from "#core/cost/exact.ts";
import type { CostReport } from "#core/cost/report.ts";
import { mergeSteps } from "#core/merge.ts";
import { pooledSide } from "#core/pool.ts";
import type { TokenCounts } from "#core/record.ts";
import type { RunSettings } from "#core/settings.ts";
import { type ModelConfig, patchesPerSide } from "#model/config.ts";
import type { MergedMedium } from "./sequence.ts";

export interface CostInput {
  readonly config: ModelConfig;
  readonly media: readonly MergedMedium[];
  /** Frames and crops that really went through the vision tower. */
  readonly encodedFrames: number;
  readonly settings: RunSettings;
  readonly tokens: TokenCounts;
  readonly importanceLayers: readonly number[];
  readonly decodeSteps: number;
}

/** What a run cost under both conventions, from what it did. */
export function costOfRun({ config, media, settings, tokens, ...run }: CostInput): CostReport {
  const { decoder, vision } = config;
  const groups = media.flatMap((medium) => medium.groups);
  const newlines = tokens.merged - groups.reduce((sum, { positions }) => sum + positions.length, 0);
  const fullVisual = tokens.encoded + newlines;
  const merges = groups.map(({ rows }): MergeWork => {
    return { frames: 1, tokens: rows.length, steps: mergeSteps(rows.length, settings.merge.retention) };
  });
  const aim = aimCost(decoder, {
    text: tokens.text,
    visual: tokens.merged,
    fullVisual,
    prune: settings.prune,
    hasSecondResidual: !decoder.hasQkvBias, // the release counts it for Llama, not for Qwen2
  });
  const exact = exactCost({
    ...run,
    decoder,
    vision,
    pooledTokens: pooledSide(patchesPerSide(vision)) ** 2,
    merges,
    text: tokens.text,
    fullVisual,
    perLayer: tokens.perLayer,
    kvPerLayer: tokens.kvPerLayer,
  });
  return { aim, exact };
}
