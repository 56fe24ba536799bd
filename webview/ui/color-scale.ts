import { formatNumber } from "#core/units.ts";

/**
 * 17 colours of each map, evenly apart: perceptually uniform, lighter for more, and safe for colour-blind eyes.
 *
 * Sources: viridis and magma by S. van der Walt and N. Smith for matplotlib (CC0); cividis by J. Nuñez, C. Anderton and R. Renslow,
 * doi 10.1371/journal.pone.0199239, in the polynomial form of d3-scale-chromatic.
 */
const CONTROL_POINTS = {
  viridis:
    "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725",
  cividis:
    "002051 012b65 11366c 26426e 3c4d6e 51586e 62646f 727071 7f7c75 8c8877 9a9478 a9a177 bbaf71 cebd68 e2cb5c f3da4f fdea45",
  magma:
    "000004 0a0822 1d1147 36106b 51127c 6a1c81 832681 9c2e7f b73779 d0416f e75263 f56b5c fc8961 fea772 fec488 fde2a3 fcfdbf",
} as const;

export type ColourMap = keyof typeof CONTROL_POINTS;
export const COLOUR_MAPS = ["viridis", "cividis", "magma"] as const satisfies readonly ColourMap[];

export type Colour = readonly [red: number, green: number, blue: number];

/** Colours in a table; enough that no step between two is seen. */
const TABLE_SIZE = 256;

/** The colour at `place` in [0, 1], 0..255 each. */
export function colourAt(map: ColourMap, place: number): Colour {
  const points = pointsOf(map);
  const at = clamp(place) * (points.length - 1);
  const index = Math.min(Math.floor(at), points.length - 2);
  const [from, to] = [points[index] ?? BLACK, points[index + 1] ?? BLACK];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (at - index) * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}

const BLACK: Colour = [0, 0, 0];

function pointsOf(map: ColourMap): readonly Colour[] {
  return CONTROL_POINTS[map].split(" ").map((hex) => {
    const value = Number.parseInt(hex, 16);
    return [value >> 16, (value >> 8) & 0xff, value & 0xff];
  });
}

/** [256] The colours of a map from low to high, opaque, in the byte order of ImageData on the little-endian machines that browsers run on. */
export function colourTable(map: ColourMap): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: TABLE_SIZE }, (_, i) => packed(colourAt(map, i / (TABLE_SIZE - 1))));
}

function packed([red, green, blue]: Colour): number {
  return ((0xff << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** What values lie between: the least above zero, and the most. */
export interface ValueRange {
  readonly leastPositive: number;
  readonly most: number;
}

/** The range of the finite values for which `isCounted` holds; undefined if none of them is above zero. */
export function rangeOf(
  values: Float32Array,
  isCounted: (index: number) => boolean = () => true,
): ValueRange | undefined {
  let [leastPositive, most] = [Number.POSITIVE_INFINITY, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (!(value > 0) || !isCounted(index)) continue;
    if (value < leastPositive) leastPositive = value;
    if (value > most) most = value;
  }
  return most > 0 ? { leastPositive, most } : undefined;
}

/** The range that holds all of `ranges`. */
export function joinRanges(ranges: readonly (ValueRange | undefined)[]): ValueRange | undefined {
  const known = ranges.filter((range) => range !== undefined);
  if (known.length === 0) return undefined;
  return {
    leastPositive: Math.min(...known.map(({ leastPositive }) => leastPositive)),
    most: Math.max(...known.map(({ most }) => most)),
  };
}

export const SCALE_KINDS = ["linear", "log"] as const;
export type ScaleKind = (typeof SCALE_KINDS)[number];

/** Which place of a colour map stands for a value. What is below `low` looks as `low` does. */
export interface ValueScale {
  readonly kind: ScaleKind;
  readonly low: number;
  readonly high: number;
}

/** A log scale spans at most so many powers of ten: attention falls to nothing, and the differences that matter would all look alike. */
const MOST_DECADES = 4;

/** Linear from zero, or log from the least value above it. */
export function valueScale(kind: ScaleKind, { leastPositive, most }: ValueRange): ValueScale {
  return { kind, low: kind === "linear" ? 0 : Math.max(leastPositive, most / 10 ** MOST_DECADES), high: most };
}

/** The place of `value` on the scale, in [0, 1]; 1 where the scale has no width. */
export function placeOn({ kind, low, high }: ValueScale, value: number): number {
  if (value >= high) return 1;
  if (value <= low) return 0;
  return kind === "linear" ? (value - low) / (high - low) : Math.log(value / low) / Math.log(high / low);
}

/** The value at the middle of the scale. */
export function middleOf({ kind, low, high }: ValueScale): number {
  return kind === "linear" ? (low + high) / 2 : Math.sqrt(low * high);
}

/** `0.0124`, `3.2 × 10⁻⁶`: three significant digits, or two and a power of ten where there would be too many zeros. */
export function formatSmall(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-4) return formatNumber(value);
  const [digits = "", power = ""] = value.toExponential(1).split("e");
  return `${digits} × 10${[...power].map((sign) => SUPERSCRIPTS[sign] ?? "").join("")}`;
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = Object.fromEntries(
  [..."-0123456789"].map((sign, i) => [sign, [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i] ?? ""]),
);

function clamp(place: number): number {
  return Math.min(1, Math.max(0, place));
}
