// Lays out one folder per platform, from which the .vsix file is made. .vscodeignore decides what of it is packed.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXTERNAL } from "../../esbuild.mjs";
import { installDependencies } from "./dependencies.mjs";

const COPIED = ["dist", "media", "l10n", "package.nls.json", "README.md", "CHANGELOG.md", "LICENSE", ".vscodeignore"];

/** Fields of package.json that are for those who work on the project, not for the editor. */
const DROPPED = ["private", "bin", "imports", "scripts", "allowScripts", "devDependencies"];

/** Makes `root`/out/package/`target.name` and returns its path. The bundles must be built. */
export function stage(root, target) {
  const folder = join(root, "out", "package", target.name);
  mkdirSync(folder, { recursive: true });
  for (const name of COPIED) {
    rmSync(join(folder, name), { recursive: true, force: true });
    if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(shippedManifest(root), undefined, 2)}\n`);
  cpSync(join(root, "package-lock.json"), join(folder, "package-lock.json"));
  installDependencies(folder, target);
  return folder;
}

function shippedManifest(root) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const field of DROPPED) delete manifest[field];
  const external = Object.entries(manifest.dependencies).filter(([name]) => EXTERNAL.includes(name));
  return { ...manifest, dependencies: Object.fromEntries(external) };
}
