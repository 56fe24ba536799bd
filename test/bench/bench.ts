// npm run -s bench -- [--threads N] [--rounds N] [--quick | --tiny] [--only STAGE,...] [--peers] [--json FILE]
// Speed and memory on the CPU, on random weights of the 0.5B's true shape, beside the targets, the machine's peak and other engines.
import { writeFileSync } from "node:fs";
import { endChildrenWithUs, runScript } from "./child.ts";
import { measureAll, type Results } from "./jobs.ts";
import { type BenchOptions, HELP, readOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { prepare } from "./setup.ts";
import { coldStart } from "./stages/cold-start.ts";
import { decode } from "./stages/decode.ts";
import { growth } from "./stages/growth.ts";
import { machine, machineLine } from "./stages/machine.ts";
import { preparePeers } from "./stages/peers.ts";
import { prefill } from "./stages/prefill.ts";
import { query } from "./stages/query.ts";
import type { Stage } from "./stages/stage.ts";
import { vision } from "./stages/vision.ts";

const STAGES: readonly Stage[] = [prefill, vision, query, decode, growth, coldStart];

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  endChildrenWithUs();
  const progress = new Progress();
  const setup = await prepare(options, (text) => progress.say(text));
  const chosen = STAGES.filter(({ name }) => options.only.some((only) => only === name));
  const stages = [machine, ...chosen, ...(options.peers ? [await preparePeers(setup, progress)] : [])];
  const results = await measureAll(
    stages.flatMap((stage) => stage.jobs(setup)),
    ({ script, flags }) => runScript(script, flags, options.threads),
    progress,
    (soFar) => writeJson(options, soFar),
  );
  process.stdout.write(`${machineLine(setup)}\n`);
  for (const stage of stages) process.stdout.write(`\n### ${stage.title}\n\n${stage.report(setup, results)}\n`);
  if (results.failures.length > 0) throw new Error(`not measured:\n${results.failures.join("\n")}`);
}

function writeJson(options: BenchOptions, results: Results): void {
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ options, results }, undefined, 2)}\n`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
