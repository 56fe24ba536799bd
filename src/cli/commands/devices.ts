import { parseArgs } from "node:util";
import { inspectDevices } from "#runtime/device/inspect-devices.ts";
import type { Command } from "../command.ts";

/** `aim devices`: what can compute on this machine, tried anew. */
export const devices: Command = {
  name: "devices",
  summary: "try out what can compute on this machine: CPU, WebGPU, CUDA",
  help: `Usage: aim devices [--json]

Tries WebGPU and CUDA out, each in a process of its own, and remembers the result for later runs. Run it after a driver or a library was installed.`,
  async run(args, io) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: "boolean" } } });
    const found = await inspectDevices();
    if (values.json) io.out(`${JSON.stringify(found, undefined, 2)}\n`);
    else for (const { device, lines } of found) io.out([device, ...lines].join("\n  ").concat("\n"));
    return 0;
  },
};
