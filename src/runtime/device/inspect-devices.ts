import type { Device } from "../session.ts";
import { deviceHint } from "./device-hint.ts";
import { probeDevice } from "./probe.ts";
import { type DeviceProbe, hasPassed, speedupOf, whyUnusable } from "./probe-result.ts";

/** A device of this machine and what to know of it, in lines for people. */
export interface DeviceReport {
  readonly device: Device;
  readonly isUsable: boolean;
  readonly lines: readonly string[];
}

/** Tries every device out anew. */
export async function inspectDevices(): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [{ device: "cpu", isUsable: true, lines: ["can be used"] }];
  for (const device of ["webgpu", "cuda"] as const)
    reports.push(reportOf(device, await probeDevice(device, { isAnew: true })));
  return reports;
}

function reportOf(device: Exclude<Device, "cpu">, probe: DeviceProbe): DeviceReport {
  const reason = whyUnusable(probe);
  if (reason !== undefined)
    return { device, isUsable: false, lines: [`cannot be used: ${reason}`, deviceHint(device, probe)] };
  const lines = [
    `can be used; multiplies ${speedupOf(probe).toPrecision(2)} times as fast as the CPU`,
    `fused attention: ${hasPassed(probe, "fused") ? "right" : "wrong, plain products are used in its place"}`,
    `16-bit floats: ${hasPassed(probe, "float16") ? "yes" : "no"}`,
  ];
  return { device, isUsable: true, lines };
}
