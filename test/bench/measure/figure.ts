import { readFileSync } from "node:fs";

/** Prints what a measuring process found, as the one line that the bench reads. */
export function printFigures(figures: object): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Wall time in milliseconds. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The middle value, or the mean of the two middle ones; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** A line of /proc/self/status in MiB; elsewhere what Node knows of the resident set. */
export function memoryMib(field: "VmRSS" | "VmHWM"): number {
  try {
    const kib = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return Number(kib) / 1024;
  } catch {
    return field === "VmRSS" ? process.memoryUsage.rss() / 2 ** 20 : process.resourceUsage().maxRSS / 1024;
  }
}

/** The peak of this process above `restingMib`. */
export function peakAbove(restingMib: number): number {
  return memoryMib("VmHWM") - restingMib;
}
