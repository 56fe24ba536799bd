import { homedir } from "node:os";
import { join } from "node:path";

/** Where converted models and encoded frames are kept: AIM_CACHE, else the platform's cache folder. It may be deleted at any time. */
export function cacheFolder(): string {
  const { AIM_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (AIM_CACHE) return AIM_CACHE;
  if (process.platform === "win32") return join(LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "aim-notebook");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "aim-notebook");
  return join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "aim-notebook");
}

/** Where the features of encoded frames are kept. */
export function featuresFolder(): string {
  return join(cacheFolder(), "features");
}

/** Where models are kept whose weights were converted to another precision. */
export function conversionsFolder(): string {
  return join(cacheFolder(), "models");
}
