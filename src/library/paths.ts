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

/** Where it is kept how fast this machine is with each model. */
export function calibrationFolder(): string {
  return join(cacheFolder(), "calibration");
}

/** Where it is remembered what each device of a machine can do. */
export function devicesFolder(): string {
  return join(cacheFolder(), "devices");
}

/** Where models are kept whose weights were converted to another precision. */
export function conversionsFolder(): string {
  return join(cacheFolder(), "models");
}

/**
 * Where imported models are kept: the folder `models` of AIM_HOME, else of the platform's folder for an application's data. Unlike the cache, nothing
 * here can be made again without the user's sources.
 */
export function modelsFolder(): string {
  return join(dataFolder(), "models");
}

function dataFolder(): string {
  const { AIM_HOME, XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  if (AIM_HOME) return AIM_HOME;
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "aim-notebook");
  if (process.platform === "win32") {
    return join(LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "aim-notebook", "data"); // the cache lies beside it
  }
  return join(XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "aim-notebook");
}

/** Where a model of a hub is downloaded to before it is imported; `id` is `organisation/name`. */
export function downloadFolder(id: string, commit: string): string {
  return join(modelsFolder(), DOWNLOADS, `${id.replace("/", "--")}@${commit}`);
}

/** In the folder of imported models: downloads that no model was made of yet. No model can have this name. */
const DOWNLOADS = ".downloads";
