export const silu = (x: number) => x / (1 + Math.exp(-x));

export const ACTIVATIONS = {
  /** The exact one, with the error function. */
  gelu: (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  "gelu-tanh": (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  "quick-gelu": (x: number) => x / (1 + Math.exp(-1.702 * x)),
} as const;

/** Beyond, the error function differs from 1 by less than float64 can tell. */
const ERF_END = 6;

/** The error function to float64 precision: the series of positive terms 2^n x^(2n+1) / (2n+1)!!, times 2/sqrt(pi) exp(-x^2). */
export function erf(x: number): number {
  if (Math.abs(x) > ERF_END) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
