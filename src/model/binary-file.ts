import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { AimError } from "#core/errors.ts";
import { fileError } from "./file-error.ts";

/** Some systems refuse to read 2 GiB and more at once. */
const MAX_READ_BYTES = 2 ** 30;

/** A file that is open for reading at any position. Whoever opens it closes it. */
export class BinaryFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** When the content last changed, in whole milliseconds since 1970. */
  readonly modifiedMs: number;
  readonly #descriptor: number;
  #isOpen = true;

  /** Throws `not-found`, `invalid-model` if `path` is no regular file, or `io`. */
  constructor(path: string) {
    try {
      // Asked before opening, because opening a pipe waits for a writer.
      if (!statSync(path).isFile()) {
        throw new AimError("invalid-model", `${path}: not a regular file`, { hint: "put a file in its place" });
      }
      this.#descriptor = openSync(path, "r");
      const { size, mtimeMs } = fstatSync(this.#descriptor);
      this.sizeBytes = size;
      this.modifiedMs = Math.trunc(mtimeMs);
    } catch (cause) {
      throw fileError(path, cause);
    }
    this.path = path;
  }

  /** Fills `target` from byte `offset` on and returns it. Throws `invalid-model` if the file ends before that, or `io`. */
  read<Target extends Uint8Array>(offset: number, target: Target): Target {
    // The system may have given the number of a closed file to another one.
    if (!this.#isOpen) throw new AimError("invalid-argument", `${this.path}: read after it was closed`);
    let done = 0;
    while (done < target.length) {
      const count = this.#readSome(offset + done, target.subarray(done, done + MAX_READ_BYTES));
      if (count === 0) {
        throw new AimError("invalid-model", `${this.path}: ended at byte ${offset + done} while it was read`, {
          hint: "the file is damaged or being written: download the file again",
        });
      }
      done += count;
    }
    return target;
  }

  #readSome(offset: number, target: Uint8Array): number {
    try {
      return readSync(this.#descriptor, target, 0, target.length, offset);
    } catch (cause) {
      throw fileError(this.path, cause);
    }
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}
