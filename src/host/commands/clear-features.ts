import { l10n, ProgressLocation, window } from "vscode";
import { formatBytes } from "#core/units.ts";
import type { Kernel } from "../kernel.ts";

/** Forgets the encoded frames of all videos and pictures; the next question about each encodes them again. */
export async function clearFeatures(kernel: Kernel): Promise<void> {
  const title = l10n.t("Clearing the feature cache");
  const bytes = await window.withProgress({ location: ProgressLocation.Notification, title }, () =>
    kernel.clearFeatures(),
  );
  void window.showInformationMessage(l10n.t("The feature cache is empty: {0} were freed", formatBytes(bytes)));
}
