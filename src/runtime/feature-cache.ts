import { createHash } from "node:crypto";
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, isPartial, removeAbandoned } from "#library/partial-file.ts";
import { replaceFile } from "#library/replace-file.ts";

const MEBIBYTE = 2 ** 20;

/** Largest sizes, in bytes: of what is held in memory by one cache, and of the folder that all processes share. */
const LIMITS = { memory: 256 * MEBIBYTE, disk: 2048 * MEBIBYTE };

/**
 * Features of pictures that went through a vision tower, by content: the key is a hash of the pixels that the tower sees, so that a frame
 * is known again in another video, under another name or beside other frames.
 *
 * Held in memory and, if `folder` is given, on disk. Losing it costs time only, so a disk that fails is passed over in silence.
 */
export class FeatureCache {
  readonly #folder: string | undefined;
  readonly #memory = new Map<string, Float32Array>();
  #memoryBytes = 0;
  #isTrimmed = false;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** The key of what `model` (tower, precision and pooling, in words) makes of these pixels. */
  static key(model: string, pixels: Float32Array): string {
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    return createHash("sha256").update(model).update("\0").update(bytes).digest("hex");
  }

  get(key: string): Float32Array | undefined {
    const held = this.#memory.get(key);
    if (held) return held;
    const read = this.#read(key);
    if (read) this.#hold(key, read);
    return read;
  }

  /** Forgets what is held in memory. */
  forget(): void {
    this.#memory.clear();
    this.#memoryBytes = 0;
  }

  async set(key: string, features: Float32Array): Promise<void> {
    this.#hold(key, features);
    await this.#write(key, features);
  }

  #hold(key: string, features: Float32Array): void {
    this.#memory.set(key, features);
    this.#memoryBytes += features.byteLength;
    for (const [oldest, value] of this.#memory) {
      if (this.#memoryBytes <= LIMITS.memory) break;
      this.#memory.delete(oldest);
      this.#memoryBytes -= value.byteLength;
    }
  }

  #path(key: string): string | undefined {
    return this.#folder && join(this.#folder, key.slice(0, 2), `${key}.f32`);
  }

  #read(key: string): Float32Array | undefined {
    const path = this.#path(key);
    if (path === undefined) return undefined;
    try {
      const bytes = readFileSync(path);
      utimesSync(path, new Date(), new Date());
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    } catch {
      return undefined; // not there, or not readable: the tower runs
    }
  }

  async #write(key: string, features: Float32Array): Promise<void> {
    const path = this.#path(key);
    if (path === undefined) return;
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    try {
      await replaceFile(path, (partial) => writeFileSync(partial, bytes));
      this.#trim();
    } catch {
      // a full disk costs the next question some time, not this one its answer
    }
  }

  /** Once a process: removes what killed processes left, and the files that were used longest ago until the folder is within its limit. */
  #trim(): void {
    if (this.#isTrimmed || this.#folder === undefined) return;
    this.#isTrimmed = true;
    removeAbandoned(this.#folder);
    let kept = 0;
    for (const { path, sizeBytes } of wholeFiles(this.#folder).sort((a, b) => b.usedMs - a.usedMs)) {
      kept += sizeBytes;
      if (kept > LIMITS.disk) rmSync(path, { force: true });
    }
  }
}

/** Removes all features that are kept in `folder` and gives the bytes that they took. What other processes write at this moment stays. */
export function clearFeatureFolder(folder: string): number {
  removeAbandoned(folder);
  const files = wholeFiles(folder);
  for (const { path } of files) rmSync(path, { force: true });
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

interface FeatureFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

function wholeFiles(folder: string): FeatureFile[] {
  return filesBelow(folder).flatMap((path) => {
    const status = isPartial(path) ? undefined : statSync(path, { throwIfNoEntry: false }); // another process may remove it
    return status ? [{ path, sizeBytes: status.size, usedMs: status.mtimeMs }] : [];
  });
}
