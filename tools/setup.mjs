// Makes a checkout ready to run: dependencies, ffmpeg, bundles. Quick when nothing is missing. Speaks on stderr only.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const say = (text) => process.stderr.write(`${text}\n`);
const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

function run(command, args) {
  const result = spawnSync(command, args, { stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.status !== 0) {
    say(`failed: ${command} ${args.join(" ")}`);
    process.exit(1);
  }
}

function ensureDependencies() {
  const installed = "node_modules/.package-lock.json";
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync("package-lock.json").mtimeMs) return;
  say("installing dependencies");
  // Not `npm ci`: it refuses a lock file that lacks other platforms' optional packages, and ours was made where they cannot be had.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
}

const INSTALLERS = [
  {
    program: "apt-get",
    steps: [
      ["update", "-qq"],
      ["install", "-y", "-qq", "--no-install-recommends", "ffmpeg"],
    ],
    needsRoot: true,
  },
  { program: "brew", steps: [["install", "ffmpeg"]] },
  { program: "winget", steps: [["install", "--silent", "Gyan.FFmpeg"]] },
];

function ensureFfmpeg() {
  const ffmpeg = process.env.AIM_FFMPEG ?? "ffmpeg";
  if (works(ffmpeg, ["-version"]) && (process.env.AIM_FFMPEG || works("ffprobe", ["-version"]))) return;
  const installer = INSTALLERS.find(({ program }) => works(program, ["--version"]));
  const mayInstall = installer && (!installer.needsRoot || process.getuid?.() === 0);
  if (!mayInstall) {
    const command = installer
      ? `sudo ${installer.program} ${installer.steps.at(-1).join(" ")}`
      : "see https://ffmpeg.org/download.html";
    say(`ffmpeg was not found, and videos need it. Install it (${command}), or set AIM_FFMPEG to its path.`);
    process.exit(1);
  }
  say(`ffmpeg was not found: installing it with ${installer.program}`);
  for (const step of installer.steps) run(installer.program, step);
}

ensureDependencies();
ensureFfmpeg();
const { build } = await import("../esbuild.mjs");
await build();
