import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");
const TARGET = `${process.platform}-${process.arch}`;

/** The extension as `npm run package` packs it for this machine. */
export interface PackedExtension {
  readonly vsix: string;
  /** The folder that it was packed from. */
  readonly folder: string;
}

let packed: PackedExtension | undefined;

/** Packs what is built, once for all tests. */
export function packExtension(): PackedExtension {
  if (packed) return packed;
  execFileSync(process.execPath, [path.join(ROOT, "tools/package.mjs"), TARGET], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const { name, version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  packed = {
    vsix: path.join(ROOT, "out", `${name}-${TARGET}-${version}.vsix`),
    folder: path.join(ROOT, "out/package", TARGET),
  };
  return packed;
}
