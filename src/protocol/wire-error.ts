import { ResponseError } from "vscode-jsonrpc";
import { AimError, type AimErrorCode } from "#core/errors.ts";

/** What of an error crosses besides its message. Causes and stacks stay where they are. */
export interface WireError {
  readonly code: AimErrorCode;
  readonly hint: string | undefined;
}

/** JSON-RPC wants a number for every error; what counts is in the data. */
const FAILED = 1;

/** A table rather than a list, so that a new code cannot be forgotten. */
const CODES: Readonly<Record<AimErrorCode, true>> = {
  "invalid-argument": true,
  "invalid-media": true,
  "invalid-model": true,
  "invalid-notebook": true,
  "not-found": true,
  "missing-tool": true,
  unsupported: true,
  "out-of-context": true,
  device: true,
  io: true,
  network: true,
  access: true,
  "kernel-lost": true,
  cancelled: true,
};

/** Whatever was thrown, as it crosses to the caller. What was not foreseen becomes `io` with its message. */
export function toWireError(error: unknown): ResponseError<WireError> {
  if (error instanceof AimError) {
    return new ResponseError(FAILED, error.message, { code: error.code, hint: error.hint });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ResponseError(FAILED, `unexpected: ${message}`, {
    code: "io",
    hint: "this is a fault of AIM Notebook; please report it with what the log says",
  });
}

/** The error that crossed, undefined for one that the transport made itself. */
export function fromWireError(error: unknown): AimError | undefined {
  if (!(error instanceof ResponseError) || !isWireError(error.data)) return undefined;
  const { code, hint } = error.data;
  return new AimError(code, error.message, hint === undefined ? {} : { hint });
}

function isWireError(data: unknown): data is WireError {
  if (typeof data !== "object" || data === null || !("code" in data)) return false;
  const isHint = !("hint" in data) || data.hint === undefined || typeof data.hint === "string";
  return typeof data.code === "string" && Object.hasOwn(CODES, data.code) && isHint;
}
