import { l10n, type QuickPickItem, window } from "vscode";
import { DEVICES, type DeviceName } from "#core/settings.ts";
import { readSettings, writeSetting } from "../settings.ts";

/** Lets the user choose where models run if a cell does not say it. */
export async function pickDevice(): Promise<void> {
  const { device: current } = readSettings();
  const details: Readonly<Record<DeviceName, string>> = {
    auto: l10n.t("The fastest device that works"),
    cpu: l10n.t("The processor"),
    webgpu: l10n.t("A graphics card through WebGPU"),
    cuda: l10n.t("An NVIDIA card through CUDA"),
  };
  const items = DEVICES.map((device): QuickPickItem & { device: DeviceName } => ({
    device,
    label: device,
    detail: details[device],
    ...(device === current && { description: l10n.t("current") }),
  }));
  const chosen = await window.showQuickPick(items, { title: l10n.t("Where models run if a cell has no %device") });
  if (chosen) await writeSetting("device", chosen.device);
}
