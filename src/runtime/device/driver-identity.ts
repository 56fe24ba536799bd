import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { arch, cpus, hostname, platform, release } from "node:os";
import { join } from "node:path";

/** What tells Vulkan and CUDA where to look, and so decides what they find. */
const VARIABLES = [
  "VK_ICD_FILENAMES",
  "VK_DRIVER_FILES",
  "VK_ADD_DRIVER_FILES",
  "CUDA_VISIBLE_DEVICES",
  "LD_LIBRARY_PATH",
];
/** Change when a driver is installed or updated. Elsewhere drivers come with the system, whose release counts, too. */
const PLACES = [
  "/proc/driver/nvidia/version",
  "/usr/share/vulkan/icd.d",
  "/etc/vulkan/icd.d",
  "/dev/dri",
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  join(process.env.SystemRoot ?? "C:\\Windows", "System32", "DriverStore", "FileRepository"),
];

/** A short name of this machine with its graphics drivers and `runtime`, the version of what uses them. It changes when one of them does. */
export function driverIdentity(runtime: string): string {
  const machine = [hostname(), platform(), arch(), release(), cpus()[0]?.model, cpus().length, runtime];
  const variables = VARIABLES.map((name) => process.env[name]);
  return createHash("sha256")
    .update(JSON.stringify([machine, variables, PLACES.map(stateOf)]))
    .digest("hex")
    .slice(0, 16);
}

/** The names of a folder and when it changed, the content of a file; undefined where there is nothing. */
function stateOf(path: string): unknown {
  try {
    const found = statSync(path);
    if (!found.isDirectory()) return readFileSync(path, "utf8");
    return path.startsWith("/dev/") ? readdirSync(path) : found.mtimeMs;
  } catch {
    return undefined; // not this kind of machine
  }
}
