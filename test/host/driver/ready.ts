import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** What tools/setup-editor.mjs installed: paths of programs. */
export interface Ready {
  /** The Node that runs the server. */
  readonly node: string;
  readonly server: string;
  readonly chromium: string;
}

const FILE = path.join(import.meta.dirname, "../editor/node_modules/ready.json");

export function readReady(): Ready {
  if (!existsSync(FILE)) throw new Error("the editor of the tests is not set up: node tools/setup-editor.mjs");
  return JSON.parse(readFileSync(FILE, "utf8"));
}
