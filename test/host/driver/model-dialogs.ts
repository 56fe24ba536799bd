import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** The editor's file dialog takes what was typed a moment after it has shown it, and a click before that is lost. */
const SETTLING_MS = 1000;

/** The dialogs through which a model is imported, as a user goes through them. */
export class ModelDialogs {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** The quick input that says `text` somewhere. */
  input(text: string): Locator {
    return this.#workbench.page.locator(".quick-input-widget:visible", { hasText: text });
  }

  get toasts(): Locator {
    return this.#workbench.page.locator(".notifications-toasts");
  }

  get modal(): Locator {
    return this.#workbench.page.locator(".monaco-dialog-box");
  }

  /** Waits for the input that says `prompt`, and writes `value` into it. */
  async enter(prompt: string, value: string): Promise<void> {
    const box = this.input(prompt).locator("input.input");
    await box.fill(value);
    await box.press("Enter");
  }

  /** Chooses a repository of the hub. */
  async download(id: string): Promise<void> {
    await this.#workbench.runCommand("AIM: Download a Model...");
    await this.enter("Its size is shown", id);
  }

  /** Chooses a folder without folders inside. */
  async importFolder(folder: string): Promise<void> {
    await this.#workbench.runCommand("AIM: Import a Model...");
    const dialog = this.input("Import a checkpoint");
    await dialog.locator("input.input").fill(`${folder}/`);
    const rows = dialog.locator(".monaco-list-row");
    await rows.filter({ hasNotText: ".." }).first().waitFor({ state: "detached" }); // it has read the folder, which holds no others
    await rows.filter({ hasText: ".." }).waitFor();
    await dialog.locator(".quick-input-progress.active").waitFor({ state: "detached" });
    await this.#workbench.page.waitForTimeout(SETTLING_MS);
    await dialog.getByRole("button", { name: "Import Model" }).click();
  }

  /** What the list of precisions says, a line each. */
  async precisions(): Promise<string[]> {
    const rows = this.input("What suits the model").locator(".monaco-list-row");
    await rows.first().waitFor();
    const texts = await rows.all();
    return await Promise.all(
      texts.map(async (row) => (await row.locator(".quick-input-list-row").allInnerTexts()).join(" ")),
    );
  }

  async choosePrecision(name: string): Promise<void> {
    await this.input("What suits the model").locator("input.input").waitFor();
    await this.#workbench.pick(name);
  }

  async chooseName(name: string): Promise<void> {
    await this.enter("Cells choose it", name);
  }

  /** Waits for a notification that says `text`, and clicks its button. */
  async answer(text: string, button: string): Promise<void> {
    const toast = this.toasts.locator(".notification-list-item", { hasText: text });
    await toast.getByRole("button", { name: button, exact: true }).click();
  }

  /** Waits until `name` is ready, and puts the notification away. */
  async ready(name: string): Promise<void> {
    await this.#workbench.notification(`${name} is ready`).waitFor();
    await this.#workbench.runCommand("Notifications: Clear All Notifications");
  }
}
