import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");
/** Children and what they start are process groups, which end as one. */
const HAS_GROUPS = process.platform !== "win32";
const running = new Set<ChildProcess>();

/** Runs a program to its end and gives its standard output. Throws an Error with its last words if it fails. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; folder?: string } = {},
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.folder ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: HAS_GROUPS,
  });
  running.add(child);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err = (err + text).slice(-4000);
  });
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, signal) => resolve(exitCode ?? signal));
    });
    if (code === 0) return out;
    throw new Error(`${path.basename(command)} ${args.join(" ")} ended with ${code}: ${err.trim()}`);
  } finally {
    running.delete(child);
  }
}

/** Runs a TypeScript file of this folder under `threads` threads and reads the last line that it prints. */
export async function runScript(script: string, flags: readonly string[], threads: number): Promise<unknown> {
  const file = path.join(import.meta.dirname, script);
  const out = await runProcess(process.execPath, ["--expose-gc", "--import", "tsx", file, ...flags], {
    env: { AIM_THREADS: String(threads) },
  });
  const figures: unknown = JSON.parse(out.trim().split("\n").at(-1) ?? "");
  return figures;
}

/** Makes Ctrl-C, a closed terminal and any other end of this process end all children, too. */
export function endChildrenWithUs(): void {
  process.on("exit", killAll);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
}

function killAll(): void {
  for (const child of running) {
    try {
      if (HAS_GROUPS && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // it has ended by itself
    }
  }
}
