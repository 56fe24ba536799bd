import { close, fsync, open } from "node:fs";
import { promisify } from "node:util";

/** Waits until all that was written to an open file is on the disk, so that a name given to it later never stands for less. */
export const syncDescriptor = promisify(fsync);

/** Waits until the names in `folder` are on the disk. Does nothing where a folder cannot be opened, as on Windows. */
export async function syncFolder(folder: string): Promise<void> {
  const descriptor = await promisify(open)(folder, "r").catch(() => undefined);
  if (descriptor === undefined) return;
  await syncDescriptor(descriptor).catch(() => undefined); // some file systems refuse it
  await promisify(close)(descriptor);
}
