import type { Advice } from "#core/method.ts";
import type { PrecisionName } from "#core/precision.ts";
import type { DeviceName, RunSettings } from "#core/settings.ts";

/** What an editor knows of a cell beside the notebook. */
export interface EditorContext {
  /** The editor's settings, for what no directive says. */
  readonly defaults: {
    readonly model: string;
    readonly device: DeviceName;
    readonly precision: PrecisionName;
  };
  /** What the cell's model advises, once it is known. */
  readonly preset?: (RunSettings & Advice) | undefined;
}
