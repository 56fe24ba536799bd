import { AimError } from "#core/errors.ts";

/** Turns what `node:fs` threw about `path` into `not-found` or `io`; an AimError stays as it is. */
export function fileError(path: string, cause: unknown): AimError {
  if (cause instanceof AimError) return cause;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new AimError("not-found", `${path}: no such file or folder`, {
      hint: "check the path, and that the download is complete",
      cause,
    });
  }
  return new AimError("io", `${path}: cannot be read (${code ?? cause})`, {
    hint: "check that you may read it and that its disk works",
    cause,
  });
}
