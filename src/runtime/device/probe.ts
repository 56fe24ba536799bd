import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "onnxruntime-node";
import { devicesFolder } from "#library/paths.ts";
import { replaceFile } from "#library/replace-file.ts";
import { packageRoot } from "../models.ts";
import type { Device } from "../session.ts";
import { driverIdentity } from "./driver-identity.ts";
import { DEVICE_PROBE, type DeviceProbe, PROBE_RESULT } from "./probe-result.ts";

/** Raised when checks are added or mean something else. */
const VERSION = 2;
const LIMIT_MS = 120_000;
const LOG_CHARACTERS = 4000;

/**
 * Tries a device out in a process of its own: a missing adapter or library may end it.
 *
 * What was found is remembered in the cache folder, by machine, driver and version of ONNX Runtime; `isAnew` tries again and remembers that.
 */
export async function probeDevice(device: Exclude<Device, "cpu">, { isAnew = false } = {}): Promise<DeviceProbe> {
  const identity = driverIdentity(`${VERSION} ${env.versions.node ?? env.versions.common}`);
  const file = join(devicesFolder(), `${device}-${identity}.json`);
  const known = isAnew ? undefined : remembered(file);
  if (known) return known;
  const probe = await runProbe(device);
  await replaceFile(file, (partial) => writeFileSync(partial, `${JSON.stringify(probe, undefined, 1)}\n`)).catch(
    () => undefined, // a cache that cannot be written to is no reason to fail
  );
  return probe;
}

function remembered(file: string): DeviceProbe | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return DEVICE_PROBE.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined; // damaged: it is made anew
  }
}

function runProbe(device: Device): Promise<DeviceProbe> {
  const child = spawn(process.execPath, [join(packageRoot(), "dist", "probe.mjs"), device], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let [out, log] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-LOG_CHARACTERS);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killedBy) => {
      const results = out.split("\n").slice(0, -1); // whole lines
      resolve({
        results: results.map((line) => PROBE_RESULT.parse(JSON.parse(line))),
        ...(code !== 0 && { end: killedBy ?? `exit code ${code}` }),
        log: log.trim(),
      });
    });
  });
}
