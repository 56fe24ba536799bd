import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");
const MAIN = path.join(ROOT, "dist/aim.mjs");

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends SIGINT as soon as this stands in what was printed. */
  readonly interruptAt?: RegExp;
}

/** Runs the command line, as it was bundled before the tests, in a process of its own. */
export function runAim(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  const watch = () => {
    if (options.interruptAt?.test(out + err)) child.kill("SIGINT");
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    watch();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    watch();
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

/** Asserts that a run failed as every failure must: exit code 1, one error with a hint, no stack trace, nothing on stdout. */
export function assertFailed({ code, out, err }: Finished, message: RegExp, hint: RegExp = /./): void {
  const lines = err.trim().split("\n");
  assert.equal(code, 1, `exit code ${code}: ${err}`);
  assert.match(lines[0] ?? "", message);
  assert.match(lines[0] ?? "", /^error: /);
  assert.match(lines[1] ?? "", /^hint: /);
  assert.match(lines.slice(1).join("\n"), hint);
  assert.doesNotMatch(err, /^\s+at /m, "a stack trace");
  assert.equal(out, "");
}
