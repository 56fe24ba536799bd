import { realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { AimError } from "#core/errors.ts";
import { fileError } from "./file-error.ts";

/**
 * The real path of the file `name` of the model folder `dir`, with links followed.
 *
 * A model's own files may name others (the shards of its weights), so a name must stay inside the folder, and so must what it
 * links to, except into the `blobs` of the same repository in a Hugging Face hub cache
 * (`models--x/snapshots/<revision>/file -> ../../blobs/<hash>`).
 *
 * Throws `not-found` if there is no such file, `invalid-model` if it lies outside, else `io`.
 */
export function resolveInFolder(dir: string, name: string): string {
  const path = join(dir, name);
  if (!isPlainName(name)) {
    throw new AimError(
      "invalid-model",
      `${dir}: the file name ${JSON.stringify(name)} does not stay inside the folder`,
      {
        hint: "a model folder may only name its own files: download the model again from a source that you trust",
      },
    );
  }
  const folder = realPath(dir);
  const target = realPath(path);
  if (!isInside(folder, target) && !isInside(hubBlobs(folder), target)) {
    throw new AimError("invalid-model", `${path}: links to ${target}, outside the model folder`, {
      hint: "copy the file into the model folder, or give the folder that holds the files themselves",
    });
  }
  return target;
}

/** True for `a` and `a/b`; false for what any system would read as absolute, as a way up or as a drive. */
function isPlainName(name: string): boolean {
  return /^[^\\:\0]+$/.test(name) && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (cause) {
    throw fileError(path, cause);
  }
}

function isInside(folder: string | undefined, path: string): boolean {
  if (folder === undefined) return false;
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The folder of blobs of the repository that `folder` is a snapshot of, if it looks like one. */
function hubBlobs(folder: string): string | undefined {
  const repository = /^(.+)[/\\]snapshots[/\\][^/\\]+$/.exec(folder)?.[1];
  return repository === undefined ? undefined : join(repository, "blobs");
}
