import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const PARTIAL = ".part";
/** Writing a run takes a second at most, so that nobody writes such a file any more. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Puts a whole new file at `path`, under another name first: nobody ever sees half a file. Makes the folder. Throws what the file system throws. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const partial = `${path}.${randomUUID()}${PARTIAL}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Removes from `folder` what killed processes were writing. */
export async function removeAbandoned(folder: string): Promise<void> {
  const partials = (await readdir(folder)).filter((name) => name.endsWith(PARTIAL));
  for (const name of partials) {
    const path = join(folder, name);
    const modifiedMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined, // its writer has just finished
    );
    if (modifiedMs !== undefined && Date.now() - modifiedMs > ABANDONED_MS) await rm(path, { force: true });
  }
}
