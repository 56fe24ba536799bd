import { probeChecks } from "./probe-checks.ts";

// A process of its own, since a missing adapter or library may end it: writes one line of JSON for each check of the device that is named.
const device = process.argv[2];
if (device !== "webgpu" && device !== "cuda") throw new Error(`expected webgpu or cuda, got ${device}`);
await probeChecks(device, (result) => process.stdout.write(`${JSON.stringify(result)}\n`));
