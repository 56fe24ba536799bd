// Installs the packages that stay outside the bundles, for one platform, and keeps of the native ones what that platform needs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NATIVE_FILE = /\.(node|dll|dylib|so[.\d]*)$/;

/** Fills `folder`/node_modules for `target`, by the package.json and package-lock.json there; at once when they have not changed. */
export function installDependencies(folder, target) {
  const inputs = createHash("sha256").update(JSON.stringify(target));
  for (const name of ["package.json", "package-lock.json"]) inputs.update(readFileSync(join(folder, name)));
  const wanted = inputs.digest("hex");

  const modules = join(folder, "node_modules");
  const doneFile = join(modules, ".installed-for");
  if (existsSync(doneFile) && readFileSync(doneFile, "utf8") === wanted) return;

  rmSync(modules, { recursive: true, force: true });
  npmInstall(folder, target);
  keepRuntimeOf(modules, target);
  checkNativeFiles(modules, target);
  writeFileSync(doneFile, wanted);
}

function npmInstall(folder, { name, platform }) {
  const options = [
    "--omit=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
  ];
  const { status } = spawnSync("npm", ["install", ...options, ...platform], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm install failed in ${folder}, for ${name}`);
}

function keepRuntimeOf(modules, { runtime }) {
  const binaries = join(modules, "onnxruntime-node", "bin", "napi-v6");
  const kept = [
    join(runtime.folder, "onnxruntime_binding.node"),
    ...runtime.libraries.map((name) => join(runtime.folder, name)),
  ];
  for (const name of readdirSync(binaries, { recursive: true })) {
    if (NATIVE_FILE.test(name) && !kept.includes(name)) rmSync(join(binaries, name));
  }
}

/** npm passes over an optional package that the registry does not have; here that is an error. */
function checkNativeFiles(modules, { name, runtime, pictures }) {
  const registry = spawnSync("npm", ["config", "get", "registry"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const needed = [
    ...["onnxruntime_binding.node", ...runtime.libraries].map((file) => ({
      package: "onnxruntime-node",
      folder: join("onnxruntime-node", "bin", "napi-v6", runtime.folder),
      isIt: (found) => found === file,
      what: file,
    })),
    ...pictures.map((found) => ({
      package: found,
      folder: join(found, "lib"),
      isIt: (file) => NATIVE_FILE.test(file),
      what: "its native library",
    })),
  ];
  for (const { package: owner, folder, isIt, what } of needed) {
    const path = join(modules, folder);
    if (existsSync(path) && readdirSync(path).some(isIt)) continue;
    throw new Error(`${name} needs ${what} of ${owner}, which npm did not install from ${registry.stdout.trim()}`);
  }
}
