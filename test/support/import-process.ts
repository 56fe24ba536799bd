import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const MAIN = path.join(import.meta.dirname, "../../dist/aim.mjs");

/** A process that imports a model as `mine`. */
export interface ImportProcess {
  readonly pid: number;
  /** Resolves as soon as something is being converted, or when the process ends before. */
  readonly begun: () => Promise<void>;
  /** All that it said, once it has ended. */
  readonly ended: Promise<string>;
}

/** Starts `aim import` in q8, without a self-check; it may write no file larger than `mostBytes`, in blocks of 512. */
export function startImport(source: string, home: string, { mostBytes }: { mostBytes?: number } = {}): ImportProcess {
  const flags = ["--name", "mine", "--precision", "q8", "--replace", "--no-check"];
  const node = [process.execPath, MAIN, "import", source, ...flags];
  const limited = ["sh", "-c", 'ulimit -f "$0"; exec "$@"', `${Math.floor((mostBytes ?? 0) / 512)}`, ...node];
  const [command = "", ...args] = mostBytes === undefined ? node : limited;
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, AIM_HOME: home } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const ended = new Promise<string>((resolve) => child.once("close", () => resolve(said)));
  const begun = async () => {
    while (child.exitCode === null && child.signalCode === null && !isConverting(home)) await wait(5);
  };
  return { pid: child.pid ?? 0, begun, ended };
}

function isConverting(home: string): boolean {
  const models = path.join(home, "models");
  return (
    existsSync(models) && readdirSync(models, { recursive: true }).some((name) => /tensors\..*\.lock$/.test(`${name}`))
  );
}
