import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import { withLock } from "#library/lock.ts";
import { syncDescriptor, syncFolder } from "#library/sync-file.ts";
import type { ConversionJob, ConvertedFile } from "#model/converted-file.ts";

/** A file to be made by a conversion. Its path, name and all, must tell everything that decides its content but `tensors`. */
export interface ConversionTarget {
  readonly folder: string;
  readonly file: string;
  readonly tensors: ConvertedFile;
}

export interface ConvertOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that are in the file, those of an earlier conversion included. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** What to do where the disk is full. */
  readonly spaceHint?: string;
}

const SPACE_HINT = "free some disk space, or set AIM_CACHE to a folder with more room";
/** How long other work waits at most, chunks of a tensor being small. */
const TURN_MS = 50;

/**
 * Writes the tensors of a target into its file, chunk by chunk, and puts the file in place when it is whole and on the disk.
 *
 * What was written before a cancellation, an error or the end of the process stays beside it as FILE.part; the next conversion of the same target goes
 * on with the first tensor that is not whole. Only one process at a time works on a target, others wait. A file that is there already is kept.
 * Throws `io` (disk full, no permission), `invalid-model` or `cancelled`.
 */
export async function convert(target: ConversionTarget, options: ConvertOptions = {}): Promise<void> {
  const path = join(target.folder, target.file);
  try {
    if (isWhole(path, target)) return;
    mkdirSync(target.folder, { recursive: true });
    await withLock(path, () => convertAlone(path, target, options), { signal: options.signal });
  } catch (cause) {
    const isFromFileSystem = cause instanceof Error && "syscall" in cause;
    if (!isFromFileSystem) throw cause;
    throw new AimError("io", `the converted model could not be written to ${target.folder}: ${cause.message}`, {
      hint: `${options.spaceHint ?? SPACE_HINT}; what is done already is kept`,
      cause,
    });
  }
}

/** Whether the file of a target is in place: it gets its name when it is whole. */
export function isWhole(path: string, { tensors }: Pick<ConversionTarget, "tensors">): boolean {
  return existsSync(path) && statSync(path).size === tensors.sizeBytes;
}

async function convertAlone(path: string, target: ConversionTarget, options: ConvertOptions): Promise<void> {
  if (isWhole(path, target)) return; // by the process that was waited for
  const partial = `${path}.part`;
  const descriptor = openSync(partial, existsSync(partial) ? "r+" : "w+");
  try {
    await writeTensors(descriptor, target.tensors, options);
    await syncDescriptor(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, path);
  await syncFolder(dirname(path));
}

async function writeTensors(
  descriptor: number,
  tensors: ConvertedFile,
  { signal, onProgress }: ConvertOptions,
): Promise<void> {
  const doneBytes = prepare(descriptor, tensors);
  const total = tensors.sizeBytes;
  let pausedAt = 0;
  const pause = async (written: number) => {
    if (performance.now() - pausedAt > TURN_MS) {
      onProgress?.(written, total);
      await setImmediate();
      pausedAt = performance.now();
    }
    throwIfCancelled(signal);
  };
  for (const job of tensors.jobs) {
    if (job.offset + job.sizeBytes <= doneBytes) continue;
    let offset = job.offset;
    for (const bytes of job.chunks()) {
      writeFully(descriptor, bytes, offset);
      offset += bytes.length;
      await pause(offset);
    }
    checkLength(job, offset);
  }
  onProgress?.(total, total);
  throwIfCancelled(signal);
}

/** Makes an open file begin with the header and hold whole tensors after it, and no more; gives its length. */
function prepare(descriptor: number, tensors: ConvertedFile): number {
  const header = tensors.header();
  const found = Buffer.alloc(header.length);
  const foundBytes =
    readFully(descriptor, found) === header.length && found.equals(header) ? fstatSync(descriptor).size : 0;
  const ends = [header.length, ...tensors.jobs.map(({ offset, sizeBytes }) => offset + sizeBytes)];
  const doneBytes = ends.findLast((end) => end <= foundBytes);
  ftruncateSync(descriptor, doneBytes ?? 0);
  if (doneBytes === undefined) writeFully(descriptor, header, 0);
  return doneBytes ?? header.length;
}

/** A recipe that gives other bytes than it announced would shift all tensors after it. */
function checkLength({ name, offset, sizeBytes }: ConversionJob, end: number): void {
  if (end - offset === sizeBytes) return;
  throw new AimError("invalid-model", `${name} was converted to ${end - offset} bytes, not ${sizeBytes}`, {
    hint: "please report this, with the name of the model",
  });
}

function readFully(descriptor: number, target: Uint8Array): number {
  for (let done = 0; ; ) {
    const count = readSync(descriptor, target, done, target.length - done, done);
    done += count;
    if (count === 0 || done === target.length) return done;
  }
}

function writeFully(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
  }
}
