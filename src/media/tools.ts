import { execFile } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { basename, delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { promisify } from "node:util";
import { AimError } from "#core/errors.ts";

/** The programs that read videos, absolute paths. */
export interface Tools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** The options that make this ffmpeg pass every decoded frame on once, whatever its time. */
  readonly passthrough: readonly string[];
}

const INSTALL: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "install it with `brew install ffmpeg`",
  win32: "install it with `winget install Gyan.FFmpeg`",
  linux: "install it with `sudo apt install ffmpeg` or your distribution's package manager",
};

const VERSION_LIMIT_MS = 20_000;

/** Tools by the path of ffmpeg: asking for the version costs a process start, so it is done once. */
const known = new Map<string, Promise<Tools>>();

/**
 * Finds ffmpeg and ffprobe: `explicitPath`, else the environment variable AIM_FFMPEG, else PATH; ffprobe is looked for beside
 * ffmpeg, else on PATH. What is named but does not exist is an error, not a reason to look further.
 *
 * Throws `missing-tool`, with a hint how to install it here, if one is missing or does not run.
 */
export async function findTools(explicitPath?: string): Promise<Tools> {
  const named = explicitPath || process.env.AIM_FFMPEG;
  const ffmpeg = await locate(named ? withFolder(named) : "ffmpeg");
  if (ffmpeg === undefined)
    throw missingTool(named ? `there is no ffmpeg at ${JSON.stringify(named)}` : "ffmpeg is not installed");
  const tools = known.get(ffmpeg) ?? inspect(ffmpeg);
  known.set(ffmpeg, tools);
  tools.catch(() => known.delete(ffmpeg));
  return tools;
}

/** A bare name is looked up on PATH; anything else is a path. */
function withFolder(named: string): string {
  return basename(named) === named ? named : resolve(named);
}

async function inspect(ffmpeg: string): Promise<Tools> {
  const name = basename(ffmpeg);
  const beside = join(dirname(ffmpeg), name.includes("ffmpeg") ? name.replace("ffmpeg", "ffprobe") : "ffprobe");
  const ffprobe = (await locate(beside)) ?? (await locate("ffprobe"));
  if (ffprobe === undefined) throw missingTool(`ffprobe is missing beside ${JSON.stringify(ffmpeg)}`);
  return { ffmpeg, ffprobe, passthrough: passthroughOptions(await askVersion(ffmpeg)) };
}

/** Versions before 5.1 know the option by its old name. Builds from source have no number; they are taken for new. */
function passthroughOptions(version: string): string[] {
  const [, major, minor] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = Number(major) < 5 || (Number(major) === 5 && Number(minor) < 1);
  return isOld ? ["-vsync", "0"] : ["-fps_mode", "passthrough"];
}

async function askVersion(ffmpeg: string): Promise<string> {
  try {
    return (await promisify(execFile)(ffmpeg, ["-version"], { timeout: VERSION_LIMIT_MS, windowsHide: true })).stdout;
  } catch (cause) {
    throw missingTool(`${JSON.stringify(ffmpeg)} does not run`, cause);
  }
}

/** The executable at `path`, or of that name on PATH; undefined if there is none. */
async function locate(path: string): Promise<string | undefined> {
  const suffixes = process.platform === "win32" ? [".exe", ""] : [""];
  // Relative entries of PATH are left out: they would find programs beside a stranger's notebook.
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const places = isAbsolute(path) ? [path] : folders.map((folder) => join(folder, path));
  for (const candidate of places.flatMap((place) => suffixes.map((suffix) => place + suffix))) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The error for a program that is not there or does not start; its hint says how to install it on this system. */
export function missingTool(message: string, cause?: unknown): AimError {
  const install = INSTALL[process.platform] ?? "install it from https://ffmpeg.org/download.html";
  return new AimError("missing-tool", message, {
    hint: `${install}, or give its path in the setting aim.ffmpegPath`,
    cause,
  });
}
