import { commands, l10n, type QuickPickItem, window } from "vscode";

/** What the status bar item offers. */
export async function showKernelMenu(): Promise<void> {
  const items: (QuickPickItem & { readonly command: string })[] = [
    { label: `$(symbol-misc) ${l10n.t("Select Model...")}`, command: "aim.selectModel" },
    { label: `$(chip) ${l10n.t("Select Device...")}`, command: "aim.selectDevice" },
    { label: `$(debug-restart) ${l10n.t("Restart Kernel")}`, command: "aim.restartKernel" },
    { label: `$(trash) ${l10n.t("Clear Feature Cache")}`, command: "aim.clearFeatureCache" },
    { label: `$(output) ${l10n.t("Show Log")}`, command: "aim.showLog" },
  ];
  const chosen = await window.showQuickPick(items, { title: l10n.t("AIM Kernel") });
  if (chosen) await commands.executeCommand(chosen.command);
}
