import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { HubFile } from "./checkpoint-files.ts";
import { writeError } from "./disk.ts";
import { findPartial, partialName } from "./partial-names.ts";

const READ_BYTES = 2 ** 20;

/**
 * A file that is being downloaded: what is there of it, under a name that tells its content, and the hash of that.
 *
 * What an earlier process left is gone on with. One owner at a time: the folder is locked.
 */
export class PartialDownload {
  readonly #folder: string;
  readonly #commit: string;
  readonly #file: HubFile;
  #open: { readonly handle: FileHandle; readonly path: string; readonly hash: Hash } | undefined;
  #bytes = 0;
  #etag: string | undefined;

  constructor(folder: string, commit: string, file: HubFile) {
    this.#folder = folder;
    this.#commit = commit;
    this.#file = file;
  }

  /** How many bytes are there. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What the server called the content of which these bytes are the start. */
  get etag(): string | undefined {
    return this.#etag;
  }

  /** Whether more can be added: not to bytes of which nothing tells whether they belong to what the server has now. */
  get isResumable(): boolean {
    return this.#etag !== undefined || isHashed(this.#file);
  }

  /** Opens what an earlier process left, if it left something of use, and reads it through for the hash. Throws `io`, `cancelled`. */
  async resume(signal: AbortSignal | undefined): Promise<void> {
    const found = findPartial(this.#folder, this.#commit, this.#file);
    if (!found) return;
    await this.#start(found.path, "r+", found.etag);
    const { handle, hash } = this.#opened();
    const buffer = new Uint8Array(READ_BYTES);
    while (this.#bytes <= this.#file.sizeBytes) {
      throwIfCancelled(signal);
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, this.#bytes);
      hash.update(buffer.subarray(0, bytesRead));
      this.#bytes += bytesRead;
      if (bytesRead === 0) break;
    }
    if (!this.isResumable || this.#bytes > this.#file.sizeBytes) await this.discard();
  }

  /** Begins anew, with the content that the server calls `etag`. Throws `io`. */
  async restart(etag: string | undefined): Promise<void> {
    await this.discard();
    await this.#start(join(this.#folder, partialName(this.#commit, this.#file, etag)), "w+", etag);
  }

  /** Throws `io`, also if the disk is full; what is there stays. */
  async append(chunk: Uint8Array): Promise<void> {
    const { handle, path, hash } = this.#opened();
    try {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, this.#bytes + done);
        done += bytesWritten;
      }
    } catch (cause) {
      throw writeError(path, this.#file.sizeBytes - this.#bytes, cause);
    }
    hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** Checks the whole file and puts it in place. Throws `network` and removes it if its hash is wrong, and `io`. */
  async finish(): Promise<void> {
    const { handle, path, hash } = this.#opened();
    const expected = this.#file.sha256 ?? this.#file.gitSha1;
    const found = hash.digest("hex");
    if (expected !== undefined && found !== expected) {
      await this.discard();
      throw new AimError("network", `${this.#file.name}: the content is wrong: its hash is ${found}, not ${expected}`, {
        hint: "this file was removed, the others stay: try again, or take another mirror",
      });
    }
    try {
      await handle.sync();
      await this.close();
      await rename(path, join(this.#folder, this.#file.name));
    } catch (cause) {
      throw writeError(path, 0, cause);
    }
  }

  /** Removes what is there. */
  async discard(): Promise<void> {
    const path = this.#open?.path;
    await this.close();
    this.#bytes = 0;
    this.#etag = undefined;
    if (path !== undefined) await rm(path, { force: true });
  }

  /** What is there stays, for the next time. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.handle.close();
  }

  async #start(path: string, flags: "r+" | "w+", etag: string | undefined): Promise<void> {
    try {
      this.#open = { handle: await open(path, flags), path, hash: hashFor(this.#file) };
      this.#etag = etag;
    } catch (cause) {
      throw writeError(path, this.#file.sizeBytes, cause);
    }
  }

  #opened() {
    if (this.#open) return this.#open;
    throw new AimError("io", `${this.#file.name}: nothing of it is there`, { hint: "download it again" });
  }
}

/** A hash of the kind by which the hub names the content: git's counts a header, too. */
export function hashFor(file: HubFile): Hash {
  if (file.sha256 !== undefined || file.gitSha1 === undefined) return createHash("sha256");
  return createHash("sha1").update(`blob ${file.sizeBytes}\0`);
}

/** Whether the hub told a hash. */
export function isHashed(file: HubFile): boolean {
  return (file.sha256 ?? file.gitSha1) !== undefined;
}
