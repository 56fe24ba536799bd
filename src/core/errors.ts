/** What went wrong, as a fact that code may branch on. Message texts are for people. */
export type AimErrorCode =
  | "invalid-argument"
  | "invalid-media"
  | "invalid-model"
  | "invalid-notebook"
  | "not-found"
  | "missing-tool"
  | "unsupported"
  | "out-of-context"
  | "device"
  | "io"
  | "network"
  | "access"
  | "kernel-lost"
  | "cancelled";

/** The one error class of the project. `hint` says what to do next. */
export class AimError extends Error {
  override readonly name = "AimError";
  readonly code: AimErrorCode;
  readonly hint: string | undefined;

  constructor(code: AimErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Throws `cancelled` once `signal` has been aborted; called between the pieces of long work. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AimError("cancelled", "cancelled");
}

/** True for a cancellation, which ends quietly instead of being shown as a failure. */
export function isCancelled(error: unknown): boolean {
  return error instanceof AimError && error.code === "cancelled";
}
