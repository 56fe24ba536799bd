import type { Frame, Locator, Page } from "playwright-core";

/** An analysis page of the window: at the side, or in a panel beside the editor. */
export class AnalysisPage {
  readonly #frame: Frame;

  private constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Waits until the page at `place` shows something about `text`. */
  static async find(page: Page, place: "side" | "panel", text: string): Promise<AnalysisPage> {
    const end = Date.now() + 30_000;
    while (Date.now() < end) {
      for (const frame of page.frames()) {
        const main = frame.locator(`#aim-page[data-place="${place}"]`, { hasText: text });
        if ((await main.count().catch(() => 0)) > 0) return new AnalysisPage(frame);
      }
      await page.waitForTimeout(100);
    }
    throw new Error(`no analysis page at the ${place} shows ${JSON.stringify(text)}`);
  }

  /** The page itself, to find things in it. */
  get frame(): Frame {
    return this.#frame;
  }

  get answer(): Locator {
    return this.#frame.locator(".run-header .answer");
  }

  get panel(): Locator {
    return this.#frame.getByRole("tabpanel");
  }

  /** The open tab. */
  async tab(): Promise<string | null> {
    return await this.#frame.locator('[role="tab"][aria-selected="true"]').textContent();
  }

  async tabs(): Promise<readonly string[]> {
    return await this.#frame.getByRole("tab").allInnerTexts();
  }

  async open(tab: string): Promise<Locator> {
    await this.#frame.getByRole("tab", { name: tab, exact: true }).click();
    return this.panel;
  }

  button(name: string): Locator {
    return this.#frame.getByRole("button", { name, exact: true });
  }

  /** Chooses from the list that is labelled `label`. */
  async choose(label: string, option: string): Promise<void> {
    const list = this.#frame.getByRole("combobox", { name: label, exact: true });
    await list.click();
    await list.getByRole("option", { name: option, exact: true }).click();
  }
}
