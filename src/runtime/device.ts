import { AimError } from "#core/errors.ts";
import type { PartPrecisions, PrecisionName } from "#core/precision.ts";
import type { DeviceName } from "#core/settings.ts";
import type { Device } from "./session.ts";

/** Models up to this size run in f32 unless told otherwise: 16-bit weights widen to 0.4 GB at most. */
const F32_PARAMETERS = 100e6;

/** The device that a run uses. Throws `device` for one that this version cannot drive. */
export function resolveDevice(name: DeviceName): Device {
  if (name === "auto" || name === "cpu") return "cpu";
  throw new AimError("device", `${name} is not supported by this version`, {
    hint: "use --device cpu, or leave it out",
  });
}

/**
 * The precisions that a model runs in: `auto` is exact for small models and 8 bits for large ones, whose tower then has the fastest kind, as it has with
 * `q4`, which saves memory only where parameters are many.
 */
export function resolvePrecision(name: PrecisionName, parameters: number): PartPrecisions {
  if (name === "auto") {
    return parameters <= F32_PARAMETERS ? { vision: "f32", decoder: "f32" } : { vision: "int8", decoder: "q8" };
  }
  return { vision: name === "q4" ? "int8" : name, decoder: name };
}
