import { AimError } from "#core/errors.ts";

/** Any failure as an AimError, so that it is shown like the others. What was not foreseen says so. */
export function asAimError(error: unknown): AimError {
  if (error instanceof AimError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AimError("io", `unexpected: ${message}`, {
    hint: "please report this, with AIM_DEBUG=1 set for the details",
    cause: error,
  });
}
