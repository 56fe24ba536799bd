import { setTimeout as wait } from "node:timers/promises";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { Attempt, Failure } from "./failure.ts";

/** How often and how soon something is tried anew. */
export interface RetryOptions {
  readonly signal: AbortSignal | undefined;
  /** Wait before the second attempt; it doubles from one to the next. */
  readonly retryMs: number;
  /** Whether to wait for a network that is away: for what has begun, not for the first word with a hub. */
  readonly waitsForNetwork: boolean;
  /** Bytes so far: an attempt that brought many is no failure. */
  readonly doneBytes?: () => number;
}

const TRIES = 5;
const LONGEST_WAIT_MS = 30_000;
const LONGEST_ASKED_WAIT_MS = 5 * 60_000;
/** Less than this is no progress: a server that stalls after each few bytes would else be asked for ever. */
const PROGRESS_BYTES = 2 ** 20;

/**
 * Calls `attempt` until it is done, with growing waits, at most five times in a row without progress.
 *
 * Throws the last attempt's error, at once where another try cannot help, and `cancelled`.
 */
export async function withRetries<T>(attempt: () => Promise<Attempt<T>>, options: RetryOptions): Promise<T> {
  const { signal, retryMs, doneBytes = () => 0 } = options;
  let failures = 0;
  for (;;) {
    throwIfCancelled(signal);
    const before = doneBytes();
    const result = await attempt();
    if (result.kind === "done") return result.value;
    throwIfCancelled(signal);
    failures = doneBytes() - before >= PROGRESS_BYTES ? 1 : failures + 1;
    if (failures >= TRIES || !isWorthAnother(result, options)) throw result.error;
    const backOffMs = Math.min(retryMs * 2 ** (failures - 1), LONGEST_WAIT_MS);
    await pause(Math.max(backOffMs, result.afterMs ?? 0), signal);
  }
}

function isWorthAnother({ retry, afterMs = 0 }: Failure, { waitsForNetwork }: RetryOptions): boolean {
  if (afterMs > LONGEST_ASKED_WAIT_MS) return false;
  return retry === "soon" || (retry === "when-reachable" && waitsForNetwork);
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (cause) {
    throw new AimError("cancelled", "cancelled", { cause }); // nothing else ends a wait
  }
}
