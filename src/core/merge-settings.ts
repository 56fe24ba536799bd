import { AimError } from "./errors.ts";
import { exactShare, parseShare } from "./share.ts";

/** `reference` leaves unmerged tokens in similarity order and puts the others last; `spatial` restores position order. */
export const MERGE_ORDERS = ["reference", "spatial"] as const;

/** `plain` averages the tokens that meet in one step; `size` weights them by how many patches they stand for. */
export const MERGE_WEIGHTINGS = ["plain", "size"] as const;

/** What happens before the LLM. `retention` in (0, 1] is the share of each frame's tokens that stays; 1 means off. */
export interface MergeSettings {
  readonly retention: number;
  readonly order: (typeof MERGE_ORDERS)[number];
  readonly weighting: (typeof MERGE_WEIGHTINGS)[number];
}

export const MERGE_OFF: MergeSettings = { retention: 1, order: "reference", weighting: "plain" };

/** Lays what was said over `base`. */
export function layMerge(base: MergeSettings, said: Partial<MergeSettings> = {}): MergeSettings {
  return {
    retention: said.retention ?? base.retention,
    order: said.order ?? base.order,
    weighting: said.weighting ?? base.weighting,
  };
}

/** Reads `25%`, `0.25` or `off` as a retention in (0, 1]. Throws `invalid-argument`. */
export function parseRetention(text: string): number {
  const value = text === "off" ? 1 : parseShare(text);
  if (value > 0 && value <= 1) return value;
  throw new AimError(
    "invalid-argument",
    `merge must be a share above 0 % and at most 100 %, got ${JSON.stringify(text)}`,
    {
      hint: "write 25%, 12.5%, 0.25 or off",
    },
  );
}

/** `25% order=spatial`, or `off`: what a `%merge` line says. Options that are defaults are left out. */
export function formatMerge({ retention, order, weighting }: MergeSettings): string {
  if (retention === 1) return "off";
  const options = [
    ...(order === "spatial" ? ["order=spatial"] : []),
    ...(weighting === "size" ? ["weighting=size"] : []),
  ];
  return [exactShare(retention), ...options].join(" ");
}
