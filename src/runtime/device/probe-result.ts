import { z } from "zod";

/**
 * What is tried on a device, in this order: plain arithmetic; attention in blocks, and with a ranking; GroupQueryAttention; 16-bit floats; how many
 * times as fast as the CPU it multiplies.
 */
const PROBE_CHECKS = ["float32", "blocks", "ranking", "fused", "float16", "speed"] as const;
export type ProbeCheck = (typeof PROBE_CHECKS)[number];

export const PROBE_RESULT = z.object({
  check: z.enum(PROBE_CHECKS),
  /** Why it failed; left out if it passed. */
  reason: z.string().optional(),
  /** Of the check `speed`. */
  speedup: z.number().optional(),
});
/** One check of a device. */
export type ProbeResult = z.output<typeof PROBE_RESULT>;

export const DEVICE_PROBE = z.object({
  results: z.array(PROBE_RESULT),
  /** How the process ended, where it did so early: a signal or an exit code. */
  end: z.string().optional(),
  /** The last things that the native libraries said. */
  log: z.string(),
});
/** All checks of a device. */
export type DeviceProbe = z.output<typeof DEVICE_PROBE>;

/** Whether a check was made and passed. */
export function hasPassed({ results }: DeviceProbe, check: ProbeCheck): boolean {
  return results.some((result) => result.check === check && result.reason === undefined);
}

/** How many times as fast as the CPU the device multiplies; 0 if that is not known. */
export function speedupOf({ results }: DeviceProbe): number {
  return results.find(({ check }) => check === "speed")?.speedup ?? 0;
}

const NEEDED: readonly ProbeCheck[] = ["float32", "blocks", "ranking"];

/** Why our graphs cannot run on the device; undefined if they can. */
export function whyUnusable(probe: DeviceProbe): string | undefined {
  for (const check of NEEDED) {
    const result = probe.results.find((candidate) => candidate.check === check);
    if (result === undefined) return `its process ended in the check ${check} (${probe.end ?? "no reason given"})`;
    if (result.reason !== undefined) return check === "float32" ? result.reason : `check ${check}: ${result.reason}`;
  }
  return undefined;
}
