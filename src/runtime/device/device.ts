import { AimError } from "#core/errors.ts";
import type { PartPrecisions, PrecisionName } from "#core/precision.ts";
import type { DeviceName } from "#core/settings.ts";
import { type AttentionForm, CPU_ATTENTION } from "#model/attention-form.ts";
import type { Device } from "../session.ts";
import { deviceHint } from "./device-hint.ts";
import { probeDevice } from "./probe.ts";
import { type DeviceProbe, hasPassed, speedupOf, whyUnusable } from "./probe-result.ts";

/** Models up to this size run in f32 and on the CPU unless told otherwise: 16-bit weights widen to 0.4 GB at most, and a GPU would wait for its orders. */
export const SMALL_PARAMETERS = 100e6;
/** What `auto` asks of a GPU. A software adapter, which computes on the CPU, is a small fraction as fast as the CPU itself. */
const LEAST_SPEEDUP = 2;

/** A device, and what graphs must know of it. */
export interface ResolvedDevice {
  readonly device: Device;
  readonly attention: AttentionForm;
  /** What a user should know: why `auto` left the GPU alone. */
  readonly notices: readonly string[];
}

const CPU: ResolvedDevice = { device: "cpu", attention: CPU_ATTENTION, notices: [] };

/** What a model is that looks for a device. */
export interface DeviceRequest {
  readonly parameters: number;
  /** What its parts are to run in, as far as that is known. */
  readonly precisions: readonly PrecisionName[];
}

/**
 * The device that a run uses. `auto` is WebGPU for large models where it computes what the CPU does and multiplies at least twice as fast, else the CPU; what
 * is named is used, however slow.
 *
 * Throws `device` for a device that is named and cannot be used.
 */
export async function resolveDevice(name: DeviceName, model: DeviceRequest): Promise<ResolvedDevice> {
  if (name === "cpu") return CPU;
  if (name === "auto") return resolveAuto(model);
  let probe = await probeDevice(name);
  if (whyUnusable(probe) !== undefined) probe = await probeDevice(name, { isAnew: true }); // what was missing may be there by now
  const reason = whyUnusable(probe);
  if (reason === undefined) return { device: name, attention: attentionOn(name, probe), notices: [] };
  throw new AimError("device", `${name} cannot be used: ${reason}`, { hint: deviceHint(name, probe) });
}

/** Nothing is said of a machine without a GPU, which most are: `aim devices` says it. */
async function resolveAuto({ precisions, parameters }: DeviceRequest): Promise<ResolvedDevice> {
  if (parameters <= SMALL_PARAMETERS || precisions.includes("int8")) return CPU;
  const probe = await probeDevice("webgpu");
  const reason = whyUnusable(probe);
  const isThere = hasPassed(probe, "float32");
  if (reason !== undefined) return { ...CPU, notices: isThere ? [`the CPU is used, not WebGPU: ${reason}`] : [] };
  if (speedupOf(probe) < LEAST_SPEEDUP) return CPU;
  return { device: "webgpu", attention: attentionOn("webgpu", probe), notices: [] };
}

/** On CUDA GroupQueryAttention takes 16-bit floats alone. Elsewhere than on the CPU a Loop would copy what it carries at every turn. */
function attentionOn(device: Device, probe: DeviceProbe): AttentionForm {
  return { cached: device === "webgpu" && hasPassed(probe, "fused") ? "fused" : "blocks", sweep: "unrolled" };
}

/** What decides precisions beside what is asked for. */
export interface PrecisionContext {
  /** Asked for the tower alone, unless it is `auto`. */
  readonly vision?: PrecisionName;
  readonly device?: Device;
  /** See isInt8Exact. */
  readonly isInt8Exact?: boolean;
}

/**
 * The precisions that a model runs in: `auto` is exact for small models and 8 bits for large ones, whose tower then has the fastest kind, as it has with
 * `q4`, which saves memory only where parameters are many. Nothing chooses int8 by itself where it is not exact.
 *
 * Throws `unsupported` for int8 elsewhere than on the CPU.
 */
export function resolvePrecision(
  name: PrecisionName,
  parameters: number,
  { vision = "auto", device = "cpu", isInt8Exact = true }: PrecisionContext = {},
): PartPrecisions {
  const isSmall = parameters <= SMALL_PARAMETERS;
  const decoder = name === "auto" ? (isSmall ? "f32" : "q8") : name;
  const fastest = device === "cpu" && isInt8Exact ? "int8" : "q8";
  const asDecoder = (name === "auto" && !isSmall) || name === "q4" ? fastest : decoder;
  const parts = { vision: vision === "auto" ? asDecoder : vision, decoder };
  checkPrecision(parts, device);
  return parts;
}

/** Throws `unsupported` for int8 elsewhere than on the CPU. */
export function checkPrecision(parts: PartPrecisions, device: Device): void {
  if (device === "cpu" || !Object.values(parts).includes("int8")) return;
  throw new AimError("unsupported", `int8 runs on the CPU alone, not on ${device}`, {
    hint: "use --precision q8, or --device cpu; a model that was imported with int8 has to be imported again",
  });
}
