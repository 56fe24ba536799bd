/** 0..255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];
/** CIE L*a*b* under D65; L* in 0..100. */
export type Lab = readonly [lightness: number, a: number, b: number];
type Matrix = readonly [Rgb, Rgb, Rgb];

/**
 * How people see colours: linear RGB to linear RGB.
 * Source: G. Machado, M. Oliveira, L. Fernandes, IEEE TVCG 15(6), 2009, at severity 1.
 */
export const SIGHTS: Readonly<Record<string, Matrix>> = {
  "all colours": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** What eyes with `sight` see of a colour. */
export function seenAs(colour: Rgb, sight: Matrix): Lab {
  const [red, green, blue] = colour.map(linear);
  return lab(multiply(sight, [red ?? 0, green ?? 0, blue ?? 0]));
}

/** CIE76 difference; about 2 is just seen side by side. */
export function difference(one: Lab, other: Lab): number {
  return Math.hypot(...one.map((value, i) => value - (other[i] ?? 0)));
}

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function multiply(matrix: Matrix, vector: Rgb): Rgb {
  const row = (weights: Rgb) => weights.reduce((sum, weight, i) => sum + weight * (vector[i] ?? 0), 0);
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

const TO_XYZ: Matrix = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];

function lab(rgb: Rgb): Lab {
  const [x, y, z] = multiply(TO_XYZ, rgb);
  const root = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const [fx, fy, fz] = [root(x / 0.9505), root(y), root(z / 1.089)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}
