const NAMES = ["FLOPs", "kFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs"] as const;

/** A unit of FLOPs: `name`, and what to multiply TFLOPs with to get it. */
export interface FlopsUnit {
  readonly name: (typeof NAMES)[number];
  readonly perTflop: number;
}

/** The unit in which the largest of `tflops` has one to three digits before the point; TFLOPs where all are zero. */
export function flopsUnit(tflops: readonly number[]): FlopsUnit {
  const largest = Math.max(0, ...tflops) * 1e12;
  const power = largest > 0 ? Math.min(NAMES.length - 1, Math.max(0, Math.floor(Math.log10(largest) / 3))) : 4;
  return { name: NAMES[power] ?? "TFLOPs", perTflop: 10 ** (12 - 3 * power) };
}

/** `14.8 TFLOPs`, `310 MFLOPs`: three significant digits in the unit that suits, or in the one given. */
export function formatFlops(tflops: number, unit = flopsUnit([tflops])): string {
  return `${formatNumber(tflops * unit.perTflop)} ${unit.name}`;
}

/** `410 ms`, `1.24 s`, `2 min 5 s`. */
export function formatMs(ms: number): string {
  if (ms < 999.5) return `${formatNumber(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${formatNumber(seconds)} s`;
  const rounded = Math.round(seconds);
  return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
}

// Made once, for toLocaleString with options makes one a call, which takes over a hundred times as long; and made when it is first needed, for the
// first one of a process takes 20 ms, which an editor that starts does not have.
const whole = once(() => new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 }));
const threeDigits = once(() => new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 }));

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** `6,272`: a whole number with thousands apart. */
export function formatCount(count: number): string {
  return whole().format(Math.round(count));
}

/** Three significant digits, thousands apart, never an exponent: `0.0124`, `1.5`, `99.6`, `1,235`. Zero trails nothing. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 999.5) return formatCount(value);
  return threeDigits().format(value);
}

/** `25%`, `43.7%`: a share in [0, 1]. */
export function formatShare(share: number): string {
  return `${threeDigits().format(share * 100)}%`;
}

/** `6.75×`: how many times fewer. */
export function formatTimes(ratio: number): string {
  return `${formatNumber(ratio)}×`;
}

/** `64 KB`, `1.23 GB`: bytes in powers of 1000, with three significant digits. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(bytes / 1000 ** step)} ${units[step]}`;
}
