import { Worker } from "node:worker_threads";

/**
 * Ends this process and all that it started (ffmpeg) at once; the group's leader is this process where the supervisor could make it so.
 * On Windows the system ends the children of a process with it.
 */
export function endProcess(): void {
  try {
    process.kill(process.platform === "win32" ? process.pid : -process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL"); // not the leader of a group
  }
}

/** Waits in a thread of its own, since ONNX Runtime blocks the main one. A bundle has no second file that a thread could start from. */
const WATCH = `
  const { Socket } = require("node:net");
  const stdin = new Socket({ fd: 0, readable: true, writable: false });
  stdin.on("error", () => {}).on("close", ${endProcess}).resume();
`;

/**
 * Ends this process as soon as nobody holds the other end of its stdin any more, because the editor was killed, even while a graph
 * runs. Nothing else may read stdin.
 */
export function holdLifeline(): void {
  new Worker(WATCH, { eval: true, execArgv: [] }).unref();
}
