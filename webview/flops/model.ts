import { ACCELERATORS, type Accelerator } from "#core/cost/accelerators.ts";
import { measuredMachine } from "#core/cost/measured.ts";
import { recordedRun, towerFlops } from "#core/cost/recorded.ts";
import type { RunRecord } from "#core/record.ts";
import { formatCount, formatFlops } from "#core/units.ts";

/** Machines that an estimate can be made for; the run's own first, where it shows itself. */
export function acceleratorsFor(record: RunRecord): readonly Accelerator[] {
  const own = measuredMachine(record);
  return own ? [own, ...ACCELERATORS] : ACCELERATORS;
}

/** What the vision tower would have taken, had its features not been known; undefined where it ran for all frames. */
export function cachedText(record: RunRecord): string | undefined {
  const { cachedFrames, cost, settings } = record;
  if (cachedFrames === 0) return undefined;
  const now = cost.exact.stages.vision;
  const frames = cachedFrames === 1 ? "one frame" : `${formatCount(cachedFrames)} frames`;
  const { input, isVisionKnown } = recordedRun(record);
  const ran = now === 0 ? "Vision tower, cached: 0 now" : `Vision tower: ${formatFlops(now)} now`;
  const cached = isVisionKnown
    ? `${formatFlops(towerFlops(input.vision, { frames: cachedFrames, retention: settings.vision.retention }) / 1e12)} when encoded`
    : "not known how much when encoded";
  return `${ran}; the features of ${frames} were known already, ${cached}.`;
}
