import { aimCost } from "#core/cost/aim.ts";
import { exactCost } from "#core/cost/exact.ts";
import type { CostReport } from "#core/cost/report.ts";
import { methodOf } from "#core/methods.ts";
import type { TokenCounts } from "#core/record.ts";
import type { RunSettings } from "#core/settings.ts";
import type { FamilyModel } from "#model/family.ts";
import type { MergedMedium } from "./sequence.ts";

export interface CostInput {
  readonly model: FamilyModel;
  readonly media: readonly MergedMedium[];
  /** Frames and crops that really went through the vision tower. */
  readonly encodedFrames: number;
  readonly settings: RunSettings;
  readonly tokens: TokenCounts;
  readonly importanceLayers: readonly number[];
  readonly decodeSteps: number;
}

/** What a run cost under both conventions, from what it did. */
export function costOfRun({ model, media, settings, tokens, ...run }: CostInput): CostReport {
  const { decoder, vision } = model;
  const groups = media.flatMap((medium) => medium.groups);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const ends = sum(groups.map(({ group }) => (group.rowEnd ? group.rows : 0))) + media.filter(({ end }) => end).length;
  const fullVisual = tokens.encoded + ends;
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
    towerRetention: settings.vision.retention,
    pooledTokens: model.tokensPerFrame,
    mergeFlops: sum(groups.map(({ flops }) => flops)),
    ranking: methodOf(settings.method).ranking,
    text: tokens.text,
    fullVisual,
    perLayer: tokens.perLayer,
    kvPerLayer: tokens.kvPerLayer,
  });
  return { aim, exact };
}
