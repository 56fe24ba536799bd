import { type ChildProcess, fork } from "node:child_process";
import { notStarted } from "./death.ts";

/** Starts a process of the kernel; `env` is beside this process's own environment. Throws `kernel-lost` where there is no process to be had. */
export function forkKernel(modulePath: string, env: Readonly<Record<string, string>>): ChildProcess {
  try {
    return fork(modulePath, {
      serialization: "advanced", // typed arrays stay typed arrays
      execArgv: [],
      env: { ...process.env, ...env, ELECTRON_RUN_AS_NODE: "1" },
      stdio: ["pipe", "pipe", "pipe", "ipc"],
      detached: process.platform !== "win32", // a group of its own, so that what it starts can be ended with it
    });
  } catch (cause) {
    throw notStarted(cause); // no memory for another process, say
  }
}

/** Ends what a process that is gone had started, such as ffmpeg, which would notice only when it next writes. Windows does it by itself. */
export function killChildren({ pid }: ChildProcess): void {
  if (pid === undefined || process.platform === "win32") return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // nobody is left in its group
  }
}
