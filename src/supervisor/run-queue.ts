import { AimError } from "#core/errors.ts";

/** Lets one run go on at a time, in the order asked. Who cancels while waiting leaves at once, whatever the run before does. */
export class RunQueue {
  #turn: Promise<unknown>;

  /** The first run begins when `start` has ended, well or not. */
  constructor(start: Promise<unknown>) {
    this.#turn = start.catch(() => undefined);
  }

  /** Gives what `work` gives. Throws `cancelled` if `signal` is aborted before `work` begins. */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const leave = () => reject(new AimError("cancelled", "cancelled"));
      if (signal?.aborted) return leave();
      signal?.addEventListener("abort", leave, { once: true });
      this.#turn = this.#turn.then(async () => {
        signal?.removeEventListener("abort", leave);
        if (!signal?.aborted) await work().then(resolve, reject);
      });
    });
  }
}
