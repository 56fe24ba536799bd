import { isCancelled } from "#core/errors.ts";
import { asAimError } from "./as-aim-error.ts";
import type { Command, CommandIo } from "./command.ts";
import { ask } from "./commands/ask.ts";
import { cost } from "./commands/cost.ts";
import { devices } from "./commands/devices.ts";
import { evaluate } from "./commands/eval.ts";
import { importCommand } from "./commands/import.ts";
import { inspect } from "./commands/inspect.ts";
import { models } from "./commands/models.ts";
import { run } from "./commands/run.ts";

const COMMANDS: readonly Command[] = [ask, run, importCommand, models, cost, inspect, evaluate, devices];
const CANCELLED = 130;

const HELP = `Usage: aim COMMAND [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join("\n")}

aim COMMAND --help says more about each.
`;

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const isAsked = name === undefined || name === "help" || name === "--help" || name === "-h";
    (isAsked ? io.out : io.err)(isAsked ? HELP : `error: unknown command ${JSON.stringify(name)}\n\n${HELP}`);
    return isAsked ? 0 : 1;
  }
  const end = rest.indexOf("--");
  const flags = end < 0 ? rest : rest.slice(0, end);
  if (flags.includes("--help") || flags.includes("-h")) {
    io.out(`${command.help}\n`);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (isCancelled(error)) return CANCELLED;
    const { message, hint } = asAimError(error);
    io.err(`error: ${message}\n${hint ? `hint: ${hint}\n` : ""}`);
    if (process.env.AIM_DEBUG) io.err(`${error instanceof Error ? error.stack : error}\n`);
    return 1;
  }
}

/** The first Ctrl-C asks the run to end; a second one does not wait for it. */
function cancelOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(CANCELLED);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

// A reader that has seen enough (aim ... | head) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isErrTerminal: process.stderr.isTTY,
  signal: cancelOnInterrupt(),
});
