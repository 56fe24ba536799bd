import { formatPrune } from "./prune-settings.ts";
import type { RunSettings } from "./settings.ts";
import { formatNumber, formatShare } from "./units.ts";
import type { VisionSettings } from "./vision-settings.ts";

/** `merge 25%, prune 4..7` as one would write it in a cell; only what differs from the simplest is named. */
export function settingsText({ method, merge, prune, vision, temperature, topP, seed }: RunSettings): string {
  if (method === "full") return ["no merging, no pruning", ...visionParts(vision).map(unbroken)].join(", ");
  const parts = [
    merge.retention === 1 ? "merge off" : `merge ${formatShare(merge.retention)}`,
    `prune ${formatPrune(prune)}`,
  ];
  if (merge.retention < 1 && merge.order !== "reference") parts.push(`order ${merge.order}`);
  if (merge.retention < 1 && merge.weighting !== "plain") parts.push(`weighting ${merge.weighting}`);
  parts.push(...visionParts(vision));
  if (temperature > 0)
    parts.push(`temperature ${formatNumber(temperature)}, top-p ${formatNumber(topP)}, seed ${seed}`);
  return parts.map(unbroken).join(", ");
}

/** A line may end between two settings, not within one. */
const unbroken = (part: string) => part.replaceAll(" ", "\u00a0");

function visionParts({ retention, similar }: VisionSettings): string[] {
  return [
    ...(retention < 1 ? [`tower ${formatShare(retention)}`] : []),
    ...(similar > 0 ? [`similar ${formatNumber(similar)}`] : []),
  ];
}

/** `full`, `merge 25%, prune 4..7`, `fastv, merge off, prune 2:50%`: what sets a run apart from others of its question. */
export function runText(settings: RunSettings): string {
  const { method } = settings;
  if (method === "full") return [method, ...visionParts(settings.vision).map(unbroken)].join(", ");
  return method === "aim" ? settingsText(settings) : `${method}, ${settingsText(settings)}`;
}
