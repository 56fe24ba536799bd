import { AimError } from "#core/errors.ts";

/** What may end a child process early. */
export interface Limits {
  readonly signal?: AbortSignal | undefined;
  /** How long it may keep its caller waiting at a time. The time that the caller takes itself does not count. */
  readonly patienceMs: number;
}

/** Ends a child process as soon as its caller cancels, or once it keeps the caller waiting for too long. */
export class Leash {
  readonly #kill: () => void;
  readonly #limits: Limits;
  readonly #onAbort = () => this.#end(new AimError("cancelled", "cancelled"));
  #reason: AimError | undefined;
  #interrupt: ((reason: AimError) => void) | undefined;

  /** `kill` must be harmless when the process has ended. */
  constructor(kill: () => void, limits: Limits) {
    this.#kill = kill;
    this.#limits = limits;
    if (limits.signal?.aborted) this.#onAbort();
    limits.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Waits for what the process should give; if the process had to be ended, the reason is thrown instead of the consequence. */
  async wait<T>(work: Promise<T>): Promise<T> {
    if (this.#reason) throw this.#reason;
    const { patienceMs } = this.#limits;
    const timer = setTimeout(() => this.#end(stalled(patienceMs)), patienceMs);
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#interrupt = reject;
        work.then(resolve, reject);
      });
    } catch (error) {
      throw this.#reason ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process, whether it was done or not; called once, when nothing more is wanted of it. */
  release(): void {
    this.#limits.signal?.removeEventListener("abort", this.#onAbort);
    this.#kill();
  }

  #end(reason: AimError): void {
    this.#reason ??= reason;
    this.#kill();
    this.#interrupt?.(this.#reason);
  }
}

function stalled(patienceMs: number): AimError {
  return new AimError("io", `ffmpeg gave nothing for ${Math.round(patienceMs / 1000)} s and was ended`, {
    hint: "the file may be damaged or on a drive that does not answer; play it in a video player to check",
  });
}
