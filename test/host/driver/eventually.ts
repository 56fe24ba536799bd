import { setTimeout as sleep } from "node:timers/promises";

/** Calls `check` until it no longer throws, and throws what it threw last when that takes longer than half a minute. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 30_000; ; await sleep(100)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
