import type { AttentionQuery, AttentionTrace } from "#core/attention-trace.ts";
import { joinRanges, rangeOf, type ValueRange } from "../ui/color-scale.ts";
import { type Heads, reduceHeads } from "./heads.ts";
import { RowCache } from "./row-cache.ts";

/** Most that is kept of the rows of single heads, and of their means and maxima, which are 14 times smaller at 28 heads. */
const HEAD_BYTES = 80e6;
const REDUCED_BYTES = 16e6;

/** What the user looks at. */
export interface AttentionWish {
  /** Index in AttentionTrace.tokens. */
  readonly token: number;
  readonly layer: number;
  readonly heads: Heads;
}

interface AttentionRowsOptions {
  readonly trace: AttentionTrace;
  readonly fetch: (query: AttentionQuery) => Promise<Float32Array>;
  /** [visual] 1 for tokens that are drawn, which ranges are taken over. */
  readonly isDrawn: Uint8Array;
  /** Called when there are more rows. */
  readonly onRows: () => void;
  readonly onError: (error: unknown) => void;
  /** Resolves when the page has nothing else to do. */
  readonly whenIdle: () => Promise<void>;
}

/**
 * The attention of a run as the page needs it: what is looked at first, then the other layers of the same token, nearest first, as many as there
 * is room for. One query is under way at a time, so that a new wish never waits for more than one that nobody wants any more.
 */
export class AttentionRows {
  readonly trace: AttentionTrace;
  readonly #options: AttentionRowsOptions;
  readonly #heads = new RowCache(HEAD_BYTES);
  readonly #reduced = new RowCache(REDUCED_BYTES);
  readonly #ranges = new Map<string, ValueRange | undefined>();
  #wish: AttentionWish | undefined;
  #isLoading = false;
  #isStopped = false;

  constructor(options: AttentionRowsOptions) {
    this.trace = options.trace;
    this.#options = options;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#heads.bytes + this.#reduced.bytes;
  }

  /** [visual] What is known already; undefined if it has to be loaded. */
  row({ token, layer, heads }: AttentionWish): Float32Array | undefined {
    if (typeof heads !== "number") return this.#reduced.get(`${token}/${layer}/${heads}`);
    const { visual } = this.trace;
    return this.#heads.get(`${token}/${layer}`)?.subarray(heads * visual, (heads + 1) * visual);
  }

  /** The range of one row; undefined if it is not there, or has nothing above zero. */
  range(wish: AttentionWish): ValueRange | undefined {
    const key = `${wish.token}/${wish.layer}/${wish.heads}`;
    if (!this.#ranges.has(key)) {
      const row = this.row(wish);
      if (!row) return undefined;
      this.#ranges.set(
        key,
        rangeOf(row, (token) => this.#options.isDrawn[token] === 1),
      );
    }
    return this.#ranges.get(key);
  }

  /** The range over the layers that have been loaded so far, and how many these are. */
  rangeOverLayers({ token, heads }: AttentionWish): {
    readonly range: ValueRange | undefined;
    readonly layers: number;
  } {
    const layers = Array.from({ length: this.trace.layers }, (_, layer) => ({ token, layer, heads })).filter(
      (wish) => this.#ranges.has(`${token}/${wish.layer}/${heads}`) || this.#has(wish),
    );
    return { range: joinRanges(layers.map((wish) => this.range(wish))), layers: layers.length };
  }

  /** Loads `wish`, then what is likely to be asked for next. */
  want(wish: AttentionWish): void {
    this.#wish = wish;
    if (!this.#isLoading) void this.#load();
  }

  /** Loads nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    try {
      for (let next = this.#next(); next && !this.#isStopped; next = this.#next()) {
        const { token, layer } = next;
        const rows = await this.#options.fetch({ run: this.trace.run, token, layer });
        if (this.#isStopped) return;
        this.#keep(token, layer, rows);
        this.#options.onRows();
        if (this.#wish && this.#has(this.#wish)) await this.#options.whenIdle();
      }
    } catch (error) {
      if (!this.#isStopped) this.#options.onError(error);
    } finally {
      this.#isLoading = false;
    }
  }

  #keep(token: number, layer: number, rows: Float32Array): void {
    const { mean, max } = reduceHeads(rows, this.trace.heads);
    this.#heads.set(`${token}/${layer}`, rows);
    this.#reduced.set(`${token}/${layer}/mean`, mean);
    this.#reduced.set(`${token}/${layer}/max`, max);
  }

  /** The wish if it is missing, else the nearest missing layer within what fits into the cache. */
  #next(): AttentionWish | undefined {
    const wish = this.#wish;
    if (!wish) return undefined;
    const { layers } = this.trace;
    const near = nearestFirst(wish.layer, layers).slice(0, Math.max(1, this.#room(wish.heads)));
    return near.map((layer) => ({ ...wish, layer })).find((candidate) => !this.#has(candidate));
  }

  #room(heads: Heads): number {
    const { visual, heads: count } = this.trace;
    const [cache, values] = typeof heads === "number" ? [this.#heads, visual * count] : [this.#reduced, 2 * visual];
    return Math.floor(cache.limitBytes / Math.max(1, 4 * values));
  }

  #has({ token, layer, heads }: AttentionWish): boolean {
    if (typeof heads === "number") return this.#heads.has(`${token}/${layer}`);
    return this.#reduced.has(`${token}/${layer}/${heads}`);
  }
}

/** `layer`, the one after it, the one before it, and so on outwards, until all `layers` are named. */
export function nearestFirst(layer: number, layers: number): readonly number[] {
  return Array.from({ length: layers }, (_, index) => index).sort(
    (a, b) => Math.abs(a - layer) - Math.abs(b - layer) || b - a,
  );
}
