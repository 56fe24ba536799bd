import { formatBytes, formatMs } from "./units.ts";

/** Over how much of the past a rate is taken. */
const WINDOW_MS = 10_000;
/** A rate of less than this says nothing. */
const LEAST_MS = 1000;

/** How fast bytes come, by what came of late. */
export class Transfer {
  #seen: { readonly atMs: number; readonly bytes: number }[] = [];

  /** `1.2 GB of 15.2 GB, 45 MB/s, 5 min 3 s left`; `nowMs` is of any clock that only goes forward. A count that falls begins anew. */
  text(doneBytes: number, totalBytes: number, nowMs: number): string {
    if (doneBytes < (this.#seen.at(-1)?.bytes ?? 0)) this.#seen = [];
    this.#seen.push({ atMs: nowMs, bytes: doneBytes });
    while (this.#seen.length > 2 && nowMs - (this.#seen[0]?.atMs ?? nowMs) > WINDOW_MS) this.#seen.shift();
    const amount = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
    const [first] = this.#seen;
    const tookMs = nowMs - (first?.atMs ?? nowMs);
    const perMs = (doneBytes - (first?.bytes ?? doneBytes)) / tookMs;
    if (tookMs < LEAST_MS || !(perMs > 0)) return amount;
    return `${amount}, ${formatBytes(perMs * 1000)}/s, ${formatMs((totalBytes - doneBytes) / perMs)} left`;
  }
}
