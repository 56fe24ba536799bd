import { AimError } from "#core/errors.ts";
import type { PartPrecisions, PrecisionName } from "#core/precision.ts";
import type { Checkpoint } from "#model/checkpoint.ts";
import { installedAt } from "../models.ts";
import type { Device } from "../session.ts";
import { checkPrecision, resolvePrecision, SMALL_PARAMETERS } from "./device.ts";
import { isInt8Exact } from "./int8-exactness.ts";

/** What is asked for; `auto`, the default, leaves it to the model, and `visionPrecision` to `precision`. */
export interface WantedPrecision {
  readonly precision?: PrecisionName;
  readonly visionPrecision?: PrecisionName;
}

/**
 * The precisions that a model runs in: for one that was imported, `auto` is what it was imported in.
 *
 * Throws `unsupported` if its weights were converted to others than those that are asked for.
 */
export async function modelPrecision(
  checkpoint: Checkpoint,
  wanted: WantedPrecision,
  device: Device,
): Promise<PartPrecisions> {
  const { precision = "auto", visionPrecision = "auto" } = wanted;
  if (checkpoint.imported) {
    const converted = convertedPrecision(checkpoint.imported.precision, precision, visionPrecision);
    checkPrecision(converted, device);
    return converted;
  }
  const own = installedAt(checkpoint.dir)?.precision;
  if (own && precision === "auto") return visionPrecision === "auto" ? own : { ...own, vision: visionPrecision };
  const isSmall = checkpoint.parameters <= SMALL_PARAMETERS; // nothing chooses int8 for it
  const context = { vision: visionPrecision, device, isInt8Exact: isSmall || (await isInt8Exact()) };
  return resolvePrecision(precision, checkpoint.parameters, context);
}

function convertedPrecision(own: PartPrecisions, precision: PrecisionName, vision: PrecisionName): PartPrecisions {
  const isOther = (wanted: PrecisionName, had: PrecisionName) => wanted !== "auto" && wanted !== had;
  if (!isOther(precision, own.decoder) && !isOther(vision, own.vision)) return own;
  const wanted = isOther(precision, own.decoder) ? precision : `${vision} in the vision tower`;
  throw new AimError(
    "unsupported",
    `the model was imported as ${own.decoder}, with the vision tower in ${own.vision}, and cannot run in ${wanted}`,
    { hint: "leave the precision to the model (auto), or import it again with another --precision and --replace" },
  );
}
