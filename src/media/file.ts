import { open, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { AimError } from "#core/errors.ts";
import { type Content, claimedSize, HEAD_BYTES, identifyContent } from "./content.ts";

/** A file that exists, is a regular file, is not empty and holds what was asked for. */
export interface MediaFile {
  /** Absolute. */
  readonly path: string;
  /** Quoted file name for messages. */
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * Checks `path` before anything is decoded.
 *
 * Throws `not-found` if there is no such file, `invalid-media` for a folder, a device, an empty file, one that its own header
 * says is longer and one whose content is not a picture (`image`) or a video (`video`), and `io` if it cannot be opened.
 */
export async function checkMediaFile(path: string, wanted: "image" | "video"): Promise<MediaFile> {
  const file = { path: resolve(path), name: JSON.stringify(basename(path)) };
  const { sizeBytes, head } = await readHead(file.path, file.name);
  if (sizeBytes === 0) {
    throw new AimError("invalid-media", `${file.name} is empty`, { hint: "copy or download it again" });
  }
  const content = identifyContent(head);
  if (content.readAs !== wanted && content.readAs !== "both") throw wrongContent(file.name, content, wanted);
  if (claimedSize(head) > sizeBytes) throw cutShort(file.name);
  return { ...file, sizeBytes };
}

/** The error for a file that ends before its content does. `name` is quoted already. */
export function cutShort(name: string, cause?: unknown): AimError {
  return new AimError("invalid-media", `${name} is cut short: it ends before its content does`, {
    hint: "copy or download it again",
    cause,
  });
}

async function readHead(path: string, name: string): Promise<{ sizeBytes: number; head: Buffer }> {
  try {
    // A pipe or a device would block on opening, so ask first.
    const stats = await stat(path);
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? "a folder" : "not a regular file";
      throw new AimError("invalid-media", `${name} is ${what}`, { hint: "give the path of a picture or a video" });
    }
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return { sizeBytes: stats.size, head: buffer.subarray(0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

/** The error for a file that the system does not let us open or read. `name` is quoted already. */
export function unreadable(name: string, cause: unknown): AimError {
  if (cause instanceof AimError) return cause;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ERR_INVALID_ARG_VALUE") {
    return new AimError("not-found", `there is no file ${name}`, { hint: "check the path and its spelling", cause });
  }
  return new AimError("io", `cannot read ${name}`, { hint: "check that you may read the file", cause });
}

function wrongContent(name: string, content: Content, wanted: "image" | "video"): AimError {
  const readable =
    wanted === "image"
      ? "pictures may be JPEG, PNG, WebP, GIF, TIFF or AVIF"
      : "videos may be mp4, mov, mkv, webm, avi or GIF";
  const isOther = content.readAs === "image" || content.readAs === "video";
  return new AimError(
    "invalid-media",
    `${name} is ${content.name}, not ${wanted === "image" ? "a picture" : "a video"} that can be read`,
    {
      hint: isOther
        ? `use it as ${content.readAs === "image" ? "an image" : "a video"}; ${readable}`
        : `convert it first; ${readable}`,
    },
  );
}
