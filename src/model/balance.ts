import type { RowChunk, Weights } from "./weights.ts";

/** Rows of a reader that its column norms are estimated from: their error is some percent, a step is a factor of two. */
const SAMPLED_ROWS = 256;
/** Largest power of two that is moved: no 16-bit value loses digits to it. */
const MOST = 10;
/** Peaks below this are not looked at closely. */
const SMALL_PEAK = 2;
/** Values that are read at once: 8 MiB, however wide a matrix is. */
const ROW_VALUES = 2 ** 21;

/**
 * Moves powers of two between weights that follow each other, so that no column of a matrix is much smaller than the others: a quantised matrix has one scale
 * for many columns, and quantised activations one for many channels, so that small columns, which large activations meet, lose both their own digits and,
 * by the size of those activations, the digits of all other channels.
 *
 * Channel c of the tensors that scale it (a norm's weight and bias, the rows of a matrix) is divided, and column c of the matrices that read it multiplied, by
 * the power of two that brings the column's norm to between half the median and the median. Larger columns stay. Powers of two change no digits, so what is computed
 * in float32 is the same. Activations only become smaller, and the sum of all squared weights at most doubles; weights without such columns stay as they are. Needs no data.
 * After cross-layer equalisation, arXiv 1906.04721.
 */
export class Balance {
  readonly #weights: Weights;
  readonly #scaledBy = new Map<string, () => Float32Array>();
  readonly #readBy = new Map<string, () => Float32Array>();
  readonly #normOf = new Map<string, string>();
  readonly #isDone: boolean;

  /** `isDone` says that the weights were balanced when they were converted: nothing is moved again. */
  constructor(weights: Weights, { isDone = false } = {}) {
    this.#weights = weights;
    this.#isDone = isDone;
  }

  /**
   * `scaled` [channels] or [channels, in] reach nothing but the columns of `readers` [out, columns], and linearly; `channels` says which channel each column
   * reads where several read one.
   */
  add(scaled: readonly string[], readers: readonly string[], channels?: ArrayLike<number>): void {
    const [norm] = scaled;
    if (norm !== undefined) for (const name of readers) this.#normOf.set(name, norm);
    if (this.#isDone) return;
    let found: Float32Array | undefined;
    const factors = () => {
      found ??= balanceFactors(channelNorms(this.#weights, readers, channels));
      return found;
    };
    for (const name of scaled) this.#scaledBy.set(name, factors);
    const ofColumns = () => (channels ? Float32Array.from(channels, (channel) => factors()[channel] ?? 1) : factors());
    for (const name of readers) this.#readBy.set(name, ofColumns);
  }

  /** Whether rows of the tensor may be divided, so that its stored bytes do not serve. */
  isScaled(name: string): boolean {
    return this.#scaledBy.has(name);
  }

  /**
   * How many times the largest weight of the norm before the matrix `reader` exceeds their root mean square, 1 or more: how unequal that norm makes the
   * channels of what the matrix reads. 1 where something else than a norm comes before it.
   */
  peak(reader: string): number {
    const norm = this.#normOf.get(reader);
    if (norm === undefined || !this.#weights.has(norm) || this.#weights.entry(norm).shape.length !== 1) return 1; // of a matrix, an import keeps its levels alone
    const stored = peakOf(this.#weights.readFloat32(norm));
    return stored < SMALL_PEAK ? stored : peakOf([...this.rows(norm)].flatMap(({ values }) => [...values])); // most norms need no look at matrices
  }

  /** All rows of the balanced tensor, some at a time, in new memory each time; see Weights.streamRows. */
  *rows(name: string): Iterable<RowChunk> {
    const divisors = unlessOnes(this.#scaledBy.get(name)?.());
    const factors = unlessOnes(this.#readBy.get(name)?.());
    const columns = this.#weights
      .entry(name)
      .shape.slice(1)
      .reduce((product, length) => product * length, 1);
    for (const chunk of this.#weights.streamRows(name, Math.max(1, Math.floor(ROW_VALUES / columns)))) {
      if (divisors) divideRows(chunk, columns, divisors);
      if (factors) multiplyColumns(chunk.values, factors);
      yield chunk;
    }
  }
}

/** Powers of two, 1 to 1,024, that bring each norm that is less than half of the median to above half of it; a column of zeros has 1. */
export function balanceFactors(norms: Float64Array): Float32Array {
  const median = norms.slice().sort()[norms.length >> 1] ?? 0;
  return Float32Array.from(norms, (norm) => {
    if (norm === 0 || median === 0) return 1;
    return 2 ** Math.min(MOST, Math.max(0, Math.floor(Math.log2(median / norm))));
  });
}

function peakOf(values: ArrayLike<number>): number {
  let [squares, largest] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] ?? 0);
    squares += size * size;
    if (size > largest) largest = size;
  }
  return squares === 0 ? 1 : largest / Math.sqrt(squares / values.length);
}

/** The norms of the columns that read each channel, over some rows of all matrices, spread evenly. */
function channelNorms(weights: Weights, names: readonly string[], channels?: ArrayLike<number>): Float64Array {
  const [first = ""] = names;
  const columns = weights.matrixShape(first)[1];
  const squares = new Float64Array(columns);
  for (const name of names) {
    const [rows] = weights.matrixShape(name);
    const count = Math.min(rows, SAMPLED_ROWS);
    const sample = Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
    const values = weights.readRows(name, sample);
    for (let start = 0; start < values.length; start += columns)
      addSquares(squares, values.subarray(start, start + columns));
  }
  if (channels === undefined) return squares.map(Math.sqrt);
  const sums = new Float64Array(Math.max(...Array.from(channels)) + 1);
  for (const [column, square] of squares.entries()) {
    const channel = channels[column] ?? 0;
    sums[channel] = (sums[channel] ?? 0) + square;
  }
  return sums.map(Math.sqrt);
}

/** Adds the squares of a row of norm 1: rows have scales of their own when they are quantised, and a few large ones must not decide. */
function addSquares(squares: Float64Array, row: Float32Array): void {
  let sum = 0;
  for (const value of row) sum += value * value;
  if (sum === 0) return;
  for (let column = 0; column < row.length; column++)
    squares[column] = (squares[column] ?? 0) + (row[column] ?? 0) ** 2 / sum;
}

const unlessOnes = (factors: Float32Array | undefined) =>
  factors?.some((factor) => factor !== 1) ? factors : undefined;

function divideRows({ firstRow, values }: RowChunk, columns: number, divisors: Float32Array): void {
  for (let row = 0; row * columns < values.length; row++) {
    const factor = 1 / (divisors[firstRow + row] ?? 1);
    if (factor === 1) continue;
    for (let i = row * columns; i < (row + 1) * columns; i++) values[i] = (values[i] ?? 0) * factor;
  }
}

function multiplyColumns(values: Float32Array, factors: Float32Array): void {
  for (let start = 0; start < values.length; start += factors.length) {
    for (let column = 0; column < factors.length; column++)
      values[start + column] = (values[start + column] ?? 0) * (factors[column] ?? 1);
  }
}
