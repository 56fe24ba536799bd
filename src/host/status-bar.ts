import { type Disposable, l10n, StatusBarAlignment, type StatusBarItem, window, workspace } from "vscode";
import type { Kernel } from "./kernel.ts";
import { readSettings } from "./settings.ts";

/** The item at the bottom of the window: model, device, and what the kernel is doing. Shown while a notebook or a cell is in sight. */
export class KernelStatus implements Disposable {
  readonly #kernel: Kernel;
  readonly #item: StatusBarItem;
  readonly #disposables: Disposable[];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#item = window.createStatusBarItem("aim.kernel", StatusBarAlignment.Right, 100);
    this.#item.name = l10n.t("AIM Kernel");
    this.#item.command = "aim.showKernelMenu";
    this.#disposables = [
      this.#item,
      kernel.onState(() => this.#draw()),
      workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("aim") && this.#draw()),
      workspace.onDidGrantWorkspaceTrust(() => this.#draw()),
    ];
    this.#draw();
    this.#item.show();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #draw(): void {
    const { model, device } = readSettings();
    const { icon, words } = this.#activity();
    const place = device === "auto" ? "" : ` · ${device}`;
    this.#item.text = `$(${icon}) AIM ${shortName(model)}${place}`;
    this.#item.tooltip = l10n.t("AIM kernel: {0}. Model {1}, device {2}. Click to change.", words, model, device);
    this.#item.accessibilityInformation = { label: this.#item.tooltip };
  }

  #activity(): { readonly icon: string; readonly words: string } {
    if (!workspace.isTrusted)
      return { icon: "workspace-untrusted", words: l10n.t("does not run in this workspace, which is not trusted") };
    switch (this.#kernel.state) {
      case "off":
        return { icon: "circle-outline", words: l10n.t("not started; the first question starts it") };
      case "starting":
        return { icon: "loading~spin", words: l10n.t("starting") };
      case "idle":
        return { icon: "circle-filled", words: l10n.t("ready") };
      case "busy":
        return { icon: "sync~spin", words: l10n.t("busy") };
    }
  }
}

/** The last part of a path; a name as it is. */
const shortName = (model: string) => model.split(/[\\/]/).findLast((part) => part !== "") ?? model;
