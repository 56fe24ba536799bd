import type { Locator, Page } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** A list of the side panel "AIM": Models or Runs. */
export class SideList {
  readonly #page: Page;
  readonly #pane: Locator;

  private constructor({ page }: Workbench, name: string) {
    this.#page = page;
    this.#pane = page.locator(".pane", {
      has: page.getByRole("button", { name: new RegExp(`^${name}\\b.* Section$`) }),
    });
  }

  /** Shows the side panel with the list. */
  static async open(workbench: Workbench, name: "Models" | "Runs"): Promise<SideList> {
    const list = new SideList(workbench, name);
    if (!(await list.#pane.isVisible())) await workbench.page.getByRole("tab", { name: "AIM", exact: true }).click();
    await list.#pane.locator(".pane-body").waitFor();
    return list;
  }

  /** Everything that stands in it, a line each: label and description. */
  async lines(): Promise<string[]> {
    const rows = await this.#pane.locator(".monaco-list-row").all();
    const parts = rows.map((row) => row.locator(".label-name, .label-description").allInnerTexts());
    return (await Promise.all(parts)).map((texts) => texts.join(" "));
  }

  /** What stands beside its title. */
  async description(): Promise<string> {
    return (await this.#pane.locator(".pane-header .description").textContent()) ?? "";
  }

  item(text: string): Locator {
    return this.#pane.locator(".monaco-list-row", { hasText: text });
  }

  /** What is said where the list is empty. */
  get welcome(): Locator {
    return this.#pane.locator(".welcome-view-content");
  }

  /** Clicks an icon that an item shows under the pointer. */
  async inline(text: string, title: string): Promise<void> {
    await this.item(text).hover();
    await this.item(text).locator(`.action-label[aria-label="${title}"]`).click();
  }

  /** Selects items without opening them. */
  async select(...texts: readonly string[]): Promise<void> {
    for (const text of texts) await this.item(text).click({ modifiers: ["Control"] });
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
  }
}
