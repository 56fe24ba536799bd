import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../child.ts";

const MANIFEST = path.join(import.meta.dirname, "npm/package.json");

/**
 * Installs the peers into `folder` unless they are there.
 *
 * Install scripts are not run: those of onnxruntime-node and node-llama-cpp fetch what is not needed on the CPU, from other places than npm.
 * Throws an Error if npm fails.
 */
export async function installPeers(folder: string, say: (text: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const target = path.join(folder, "package.json");
  const isThere = existsSync(path.join(folder, "node_modules", ".package-lock.json"));
  const isSame = existsSync(target) && readFileSync(target, "utf8") === readFileSync(MANIFEST, "utf8");
  if (isThere && isSame) return;
  say("installing the peers (1.2 GB, most of it GPU code that is not used)");
  copyFileSync(MANIFEST, target);
  const options = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { npm_execpath: npm } = process.env; // how the npm that runs the bench is started, on every platform
  await (npm === undefined
    ? runProcess("npm", options, { folder })
    : runProcess(process.execPath, [npm, ...options], { folder }));
}
