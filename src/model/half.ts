/**
 * Widens IEEE half precision (sign 1 bit, exponent 5, fraction 10) into `target`, which has the same length. Exact; NaN stays NaN.
 */
export function widenF16(source: Uint16Array, target: Float32Array): void {
  const bits = bitsOf(target);
  for (let i = 0; i < source.length; i++) bits[i] = F16_TABLE[source[i] ?? 0] ?? 0;
}

/** Widens bfloat16, the upper half of a float32, into `target`, which has the same length. Exact; NaN stays NaN. */
export function widenBf16(source: Uint16Array, target: Float32Array): void {
  const bits = bitsOf(target);
  for (let i = 0; i < source.length; i++) bits[i] = (source[i] ?? 0) << 16;
}

/** Rounds to IEEE half precision: to the nearest, ties to even; from 65,520 on to infinity; every NaN to a quiet one. */
export function narrowToF16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const word = bits[i] ?? 0;
    halves[i] = ((word >>> 16) & 0x8000) | magnitudeToF16(word & 0x7fff_ffff);
  }
  return halves;
}

/** Rounds to bfloat16: to the nearest, ties to even; every NaN to a quiet one. */
export function narrowToBf16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const word = bits[i] ?? 0;
    const isNan = (word & 0x7fff_ffff) > F32_INFINITY;
    halves[i] = isNan ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}

const F32_INFINITY = 0x7f80_0000;
/** What exponents differ by: float32 counts them from -127, half precision from -15. */
const REBIAS = (127 - 15) << 23;
const F16_LEAST_NORMAL = 0x3880_0000; // 2^-14 as float32
const F16_OVERFLOW = 0x477f_f000; // 65520 as float32

const scratch = new Float32Array(1);
const scratchBits = bitsOf(scratch);

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function magnitudeToF16(magnitude: number): number {
  if (magnitude > F32_INFINITY) return 0x7e00;
  if (magnitude >= F16_OVERFLOW) return 0x7c00;
  if (magnitude >= F16_LEAST_NORMAL) return (magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
  // Subnormal halves are multiples of 2^-24, as are float32 values from 0.5 to 1: the sum is rounded as wanted.
  scratchBits[0] = magnitude;
  scratch[0] = (scratch[0] ?? 0) + 0.5;
  return (scratchBits[0] ?? 0) & 0xffff;
}

/** The float32 bits of all half-precision values. Looking them up was faster (228 M values/s) than computing them (179 M). */
const F16_TABLE = Uint32Array.from({ length: 0x1_0000 }, (_, half) => {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | F32_INFINITY | (fraction << 13);
  if (exponent !== 0) return sign | (((half & 0x7fff) << 13) + REBIAS);
  scratch[0] = fraction * 2 ** -24;
  return sign | (scratchBits[0] ?? 0);
});
