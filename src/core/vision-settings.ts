import { AimError } from "./errors.ts";
import { exactShare } from "./share.ts";

/** What is saved in the vision tower, before AIM has a token to merge. */
export interface VisionSettings {
  /** In (0, 1]: the share of its tokens that is left at the tower's end, similar ones having merged inside; 1 means off. */
  readonly retention: number;
  /**
   * A frame that differs from the last encoded one by at most so much takes its features: see frameDifference; in 8-bit levels. 0 means off: only frames
   * of the very same pixels share features.
   */
  readonly similar: number;
}

export const VISION_OFF: VisionSettings = { retention: 1, similar: 0 };

/** More than this is another scene, whatever the codec. */
export const MOST_SIMILAR = 64;

/** Lays what was said over `base`. */
export function layVision(base: VisionSettings, said: Partial<VisionSettings> = {}): VisionSettings {
  return { retention: said.retention ?? base.retention, similar: said.similar ?? base.similar };
}

/** Reads a difference in 8-bit levels in (0, 64], or `off` as 0. Throws `invalid-argument`. */
export function parseSimilar(text: string): number {
  const levels = text === "off" ? 0 : Number(text);
  if (text === "off" || (/^\d*\.?\d+$/.test(text) && levels > 0 && levels <= MOST_SIMILAR)) return levels;
  throw new AimError("invalid-argument", `similar must be a number of 8-bit levels, got ${JSON.stringify(text)}`, {
    hint: `write a number above 0 and at most ${MOST_SIMILAR}, such as 4, or off`,
  });
}

/** `4` or `off`, as parseSimilar reads it. */
export function formatSimilar(similar: number): string {
  return similar === 0 ? "off" : String(similar);
}

/** `merge=50% similar=4`, or `off`: what a `%vision` line says. What is off is left out. */
export function formatVision({ retention, similar }: VisionSettings): string {
  const options = [
    ...(retention < 1 ? [`merge=${exactShare(retention)}`] : []),
    ...(similar > 0 ? [`similar=${formatSimilar(similar)}`] : []),
  ];
  return options.join(" ") || "off";
}
