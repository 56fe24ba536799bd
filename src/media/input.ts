import { AimError } from "#core/errors.ts";
import type { MediaFile } from "./file.ts";
import { MAX_PIXELS } from "./limits.ts";
import { missingTool } from "./tools.ts";

/**
 * What ffmpeg and ffprobe may do with an input, whatever it is called. The container list is what stops a playlist that is
 * named .mp4 from naming other local files: the protocol list alone does not, because those have the protocol `file` too.
 */
export const GUARD: readonly string[] = [
  ["-protocol_whitelist", "file"],
  ["-format_whitelist", "mov,matroska,avi,gif"],
  ["-max_pixels", String(MAX_PIXELS)],
].flat();

/** With the prefix `file:` and an absolute path a name is never an option, a pattern or another protocol. */
export function inputName(file: MediaFile): string {
  return `file:${file.path}`;
}

/** The error for a failure of ffmpeg or ffprobe; an AimError stays what it is. */
export function undecodable(file: MediaFile, cause: unknown): AimError {
  if (cause instanceof AimError) return cause;
  if (cause instanceof Error && "syscall" in cause) {
    return missingTool(`ffmpeg cannot be started: ${cause.message}`, cause);
  }
  return new AimError("invalid-media", `${file.name} cannot be decoded`, {
    hint: "it may be damaged or in a format that this ffmpeg lacks; if a video player shows it, save it again as H.264 in an mp4",
    cause,
  });
}
