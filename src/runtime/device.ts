import { AimError } from "#core/errors.ts";
import type { DeviceName, PrecisionName } from "#core/settings.ts";
import type { Recipe } from "#model/precision/recipe.ts";
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

/** The precision that a model runs in: `auto` is exact for small models and 8 bits for large ones. */
export function resolvePrecision(name: PrecisionName, parameters: number): Recipe["name"] {
  if (name !== "auto") return name;
  return parameters <= F32_PARAMETERS ? "f32" : "q8";
}
