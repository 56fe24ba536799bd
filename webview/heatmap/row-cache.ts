/** Arrays under keys, of so many bytes together; what was used longest ago goes first. */
export class RowCache {
  readonly limitBytes: number;
  readonly #rows = new Map<string, Float32Array>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there is something under `key`, which does not count as a use of it. */
  has(key: string): boolean {
    return this.#rows.has(key);
  }

  get(key: string): Float32Array | undefined {
    const row = this.#rows.get(key);
    if (!row) return undefined;
    // A map keeps the order in which keys came.
    this.#rows.delete(key);
    this.#rows.set(key, row);
    return row;
  }

  /** One array that is larger than the limit is kept alone: it was asked for. */
  set(key: string, row: Float32Array): void {
    this.#remove(key);
    this.#rows.set(key, row);
    this.#bytes += row.byteLength;
    for (const oldest of this.#rows.keys()) {
      if (this.#bytes <= this.limitBytes || oldest === key) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    this.#bytes -= this.#rows.get(key)?.byteLength ?? 0;
    this.#rows.delete(key);
  }
}
