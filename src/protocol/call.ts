import { ConnectionError, ErrorCodes, ResponseError } from "vscode-jsonrpc";
import { AimError } from "#core/errors.ts";
import { fromWireError, toWireError, type WireError } from "./wire-error.ts";

/** What both ends of a channel tell each other when a call fails. */
export interface CallErrors {
  /** Why the connection ended before the answer came. */
  readonly lost: () => AimError;
  /** Who could not be asked: "the kernel". */
  readonly callee: string;
}

/** Makes a call whose every failure is an AimError: the one that the other end threw, `lost()`, or `io` for what cannot be copied on either way. */
export async function call<Result>(send: () => Promise<Result>, { lost, callee }: CallErrors): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    throw isConnectionLost(error) ? lost() : (fromWireError(error) ?? unsent(error, callee));
  }
}

/** Answers a call with what `work` gives, or with the error that it throws. */
export async function reply<Result>(work: () => Promise<Result>): Promise<Result | ResponseError<WireError>> {
  try {
    return await work();
  } catch (error) {
    return toWireError(error);
  }
}

/** Sends without waiting. What cannot be sent any more is dropped. */
export function forget(send: () => Promise<void>): void {
  try {
    send().catch(() => undefined);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
  }
}

function isConnectionLost(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected;
}

/** For what cannot be copied, on either way. */
function unsent(error: unknown, callee: string): AimError {
  const message = error instanceof Error ? error.message : String(error);
  return new AimError("io", `${callee} could not be asked: ${message}`, { cause: error });
}
