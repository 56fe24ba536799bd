import { mkdirSync } from "node:fs";
import path from "node:path";
import type { BrowserContext, Locator, Page } from "playwright-core";
import type { EditorServer } from "./editor-server.ts";
import { NotebookEditor } from "./notebook-editor.ts";

const SCREENSHOTS = path.join(import.meta.dirname, "../../../out/screenshots");

/** A window of the editor on one folder, as a user sees it. */
export class Workbench {
  readonly page: Page;
  /** The folder that is open. */
  readonly folder: string;
  readonly notebook: NotebookEditor;

  private constructor(page: Page, folder: string) {
    this.page = page;
    this.folder = folder;
    this.notebook = new NotebookEditor(page);
  }

  static async open(context: BrowserContext, server: EditorServer, folder: string): Promise<Workbench> {
    const page = await context.newPage();
    await page.goto(`${server.url}/?folder=${encodeURIComponent(folder)}`);
    const workbench = new Workbench(page, folder);
    await workbench.#ready();
    return workbench;
  }

  /** Loads the window anew: another extension host, with the editors that were open. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /** Loads the window anew as the editor itself does, which keeps the state of its pages. */
  async reloadWindow(): Promise<void> {
    const loaded = this.page.waitForEvent("load");
    await this.runCommand("Developer: Reload Window");
    await loaded;
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
  }

  /** Leaves as a user does who closes the tab: the extension host of the window ends, too. */
  async close(): Promise<void> {
    await this.page.goto("about:blank");
    await this.page.close();
  }

  /** Opens a file of the folder with Go to File. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    await this.pick(name);
    await this.tab(name).waitFor();
  }

  /** Runs a command of the palette by its full title, such as `AIM: Restart Kernel`. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.pick(title, `>${title}`);
  }

  /** Chooses the entry of the open quick input whose label is `label`; `typed` stands in the box if it is not the label. */
  async pick(label: string, typed: string = label): Promise<void> {
    const box = this.page.locator(".quick-input-widget:visible");
    await box.locator("input.input").fill(typed);
    const name = this.page.locator(".label-name", { hasText: new RegExp(`^${escapeRegExp(label)}$`) });
    const entry = box.locator(".monaco-list-row").filter({ has: name });
    await entry.first().click();
  }

  tab(name: string): Locator {
    return this.page.locator(`.tab.active[data-resource-name="${name}"]`);
  }

  /** Saves the active editor and waits until it is saved. */
  async save(): Promise<void> {
    await this.page.keyboard.press("Control+S");
    await this.page.locator(".tab.active:not(.dirty)").waitFor();
  }

  /** Saves an open file that may not be the active one. */
  async saveFile(name: string): Promise<void> {
    const tab = this.page.locator(`.tab[data-resource-name="${name}"]`);
    await tab.click();
    await this.page.keyboard.press("Control+S");
    await tab.and(this.page.locator(":not(.dirty)")).waitFor();
  }

  /** The explorer's row of a file that is in view there. */
  explorerItem(name: string): Locator {
    return this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
  }

  /** An entry of the menu that is open. */
  menuItem(label: string): Locator {
    return this.page.locator(".monaco-menu .action-item:visible", { hasText: label });
  }

  async chooseFromContextMenu(target: Locator, label: string): Promise<void> {
    await target.click({ button: "right" });
    // With Enter: a menu takes no clicks in the first moments after it was opened.
    await this.menuItem(label).hover();
    await this.page.keyboard.press("Enter");
  }

  /** Drags with the mouse, with Shift held where it is dropped: text editors take files only then. */
  async dragInto(source: Locator, cell: Locator): Promise<void> {
    await source.hover();
    await this.page.mouse.down();
    const target = await cell.locator(".view-lines").boundingBox();
    if (!target) throw new Error("the cell is not in view");
    const [x, y] = [target.x + 40, target.y + 8];
    await this.page.mouse.move(x, y, { steps: 10 });
    await this.page.keyboard.down("Shift");
    await this.page.mouse.move(x + 10, y, { steps: 5 });
    await this.page.mouse.up();
    await this.page.keyboard.up("Shift");
  }

  /** Puts a small picture into the clipboard, as a screenshot tool does. */
  async copyPicture(): Promise<void> {
    await this.page.evaluate(async () => {
      const drawn = new OffscreenCanvas(8, 8);
      drawn.getContext("2d"); // without a context it has no picture
      const png = await drawn.convertToBlob({ type: "image/png" });
      await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    });
  }

  /** A notification that is shown and says `text`. */
  notification(text: string): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item-message", { hasText: text });
  }

  /** The item of the status bar that shows the kernel. */
  get kernelStatus(): Locator {
    return this.page.locator(".statusbar-item", { hasText: "AIM" });
  }

  async setTheme(name: string): Promise<void> {
    await this.runCommand("Preferences: Color Theme");
    await this.pick(name);
  }

  /** How long the activation of an extension took, as the editor itself has measured it; undefined if it is not active. */
  async activationMs(extension: string): Promise<number | undefined> {
    const size = this.page.viewportSize();
    await this.page.setViewportSize({ width: 1400, height: 2400 }); // the list draws only what is in view
    await this.runCommand("Developer: Show Running Extensions");
    const rows = this.page.locator(".runtime-extensions-editor .monaco-list-row");
    await rows.first().waitFor();
    const row = rows.filter({ has: this.page.locator(".name", { hasText: extension }) });
    const text = (await row.count()) === 0 ? "" : ((await row.textContent()) ?? "");
    await this.page.keyboard.press("Escape");
    if (size) await this.page.setViewportSize(size);
    const time = /Activation: (\d+)ms/.exec(text)?.[1];
    return time === undefined ? undefined : Number(time);
  }

  /** Saves a picture of the window as out/screenshots/`name`.png. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
