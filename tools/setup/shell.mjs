// What the set-up scripts run and say. They speak on stderr only: stdout belongs to the program that is set up.
import { spawnSync } from "node:child_process";

export const say = (text) => process.stderr.write(`${text}\n`);

export const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Ends the set-up: says what is missing and what to do. */
export function fail(text) {
  say(text);
  process.exit(1);
}

export function run(command, args, options = {}) {
  const shell = process.platform === "win32";
  const result = spawnSync(command, args, { stdio: ["ignore", 2, 2], shell, ...options });
  if (result.status !== 0) fail(`failed: ${command} ${args.join(" ")}`);
}
