/** File name extensions that are taken for pictures, lower case, with their dot. */
export const IMAGE_EXTENSIONS: readonly string[] = [".jpg", ".jpeg", ".png", ".webp", ".avif", ".tif", ".tiff"];

/** File name extensions that are taken for videos, lower case, with their dot. A GIF is a video unless it is asked for as an image. */
export const VIDEO_EXTENSIONS: readonly string[] = [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif"];

/**
 * Guesses by the extension alone, in any case, whether a file is a picture or a video; undefined when neither.
 * The readers go by content: a wrong extension never makes them fail.
 */
export function mediaKind(path: string): "image" | "video" | undefined {
  const extension = /[^/\\](\.[^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  if (IMAGE_EXTENSIONS.includes(extension)) return "image";
  if (VIDEO_EXTENSIONS.includes(extension)) return "video";
  return undefined;
}
