import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { partialName } from "./partial-file.ts";

/**
 * Puts a whole new file at `path`: `write` gets the name of a neighbour to write to, which is renamed into place when it is done.
 *
 * Nobody ever sees half a file, and a failure leaves what was there, and nothing else; what a killed process leaves, removeAbandoned
 * removes. Makes the folder. Throws what `write` or the file system throws.
 */
export async function replaceFile(path: string, write: (partial: string) => void | Promise<void>): Promise<void> {
  const partial = partialName(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    await write(partial);
    renameSync(partial, path);
  } catch (error) {
    if (existsSync(partial)) rmSync(partial);
    throw error;
  }
}
