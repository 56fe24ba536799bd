// Makes a checkout ready to run: dependencies, ffmpeg, bundles. Quick when nothing is missing.
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { run, say, works } from "./setup/shell.mjs";
import { installSystemPackage } from "./setup/system-package.mjs";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

function ensureDependencies() {
  const installed = "node_modules/.package-lock.json";
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync("package-lock.json").mtimeMs) return;
  say("installing dependencies");
  // Not `npm ci`: it refuses a lock file that lacks other platforms' optional packages, and ours was made where they cannot be had.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
}

function ensureFfmpeg() {
  const ffmpeg = process.env.AIM_FFMPEG ?? "ffmpeg";
  if (works(ffmpeg, ["-version"]) && (process.env.AIM_FFMPEG || works("ffprobe", ["-version"]))) return;
  installSystemPackage(
    "ffmpeg, which videos need,",
    { "apt-get": ["ffmpeg"], brew: ["ffmpeg"], winget: ["Gyan.FFmpeg"] },
    "Or set AIM_FFMPEG to its path (https://ffmpeg.org/download.html)",
  );
}

ensureDependencies();
ensureFfmpeg();
const { build } = await import("../esbuild.mjs");
await build();
