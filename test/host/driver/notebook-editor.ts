import type { FrameLocator, Locator, Page } from "playwright-core";

/** The notebook of the active editor. Its code cells are named by a text that stands in them, and must be in view. */
export class NotebookEditor {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  cell(text: string): Locator {
    return this.#page.locator(".notebookOverlay:visible .code-cell-row", { hasText: text });
  }

  /** The page in which all outputs and rendered Markdown of the notebook are shown. */
  get outputs(): FrameLocator {
    return this.#page.frameLocator(".notebookOverlay:visible iframe.webview.ready").frameLocator("#active-frame");
  }

  /** The output of our renderer that answers `question`, or is about to. */
  answer(question: string): Locator {
    return this.outputs.getByRole("article", { name: question });
  }

  /** What answered `question`, once the run is over and its figures are shown. */
  async answerText(question: string): Promise<string> {
    const answer = this.answer(question).filter({ hasText: "visual tokens" }).first();
    return (await answer.locator(".answer").textContent()) ?? "";
  }

  #tool(icon: string): Locator {
    return this.#page.locator(`.notebook-toolbar-container:visible .codicon-${icon}`);
  }

  /** Runs all cells and waits until the last one has ended. */
  async runAll(): Promise<void> {
    await this.#tool("notebook-execute-all").click();
    await this.#tool("notebook-stop").waitFor();
    await this.idle();
  }

  /** Waits until no cell runs or waits to be run. */
  async idle(): Promise<void> {
    await this.#tool("notebook-execute-all").waitFor();
  }

  async interrupt(): Promise<void> {
    await this.#tool("notebook-stop").click();
  }

  /** Starts a cell and waits until it runs. */
  async start(text: string): Promise<void> {
    const cell = this.cell(text);
    const order = cell.locator(".execution-count-label");
    const before = (await order.textContent()) ?? "";
    await cell.locator(".view-lines").click();
    await cell.locator(".run-button-container .codicon-notebook-execute").click();
    await order.filter({ hasNotText: before }).waitFor();
  }

  /** Runs a cell to its end. */
  async run(text: string): Promise<"success" | "error"> {
    await this.start(text);
    return await this.outcome(text);
  }

  /** Waits until a cell has ended of itself, and says how. */
  async outcome(text: string): Promise<"success" | "error"> {
    const success = this.cell(text).locator(".codicon-notebook-state-success");
    await success.or(this.cell(text).locator(".codicon-notebook-state-error")).waitFor();
    return (await success.isVisible()) ? "success" : "error";
  }

  /** Puts `source` in place of what stands in a cell, and leaves the cursor at its end. */
  async write(text: string, source: string): Promise<void> {
    await this.cell(text).locator(".view-lines").click();
    await this.#page.keyboard.press("Control+A");
    await this.#page.keyboard.insertText(source);
  }

  /** What stands in a cell. */
  async source(text: string): Promise<string> {
    const lines = await this.cell(text).locator(".view-line").allInnerTexts();
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  /** The labels that the editor suggests at the cursor. */
  async suggestions(): Promise<string[]> {
    await this.#page.keyboard.press("Control+Space");
    const labels = this.#page.locator(".suggest-widget:visible .monaco-list-row .label-name");
    await labels.first().waitFor();
    return await labels.allInnerTexts();
  }

  /** Chooses one of the quick fixes at the cursor. */
  async fix(title: string): Promise<void> {
    await this.#page.keyboard.press("Control+.");
    await this.#page.locator(".action-widget:visible .monaco-list-row", { hasText: title }).click();
  }

  /** What the editor shows when the pointer rests on `word` in a cell. */
  async hover(text: string, word: string): Promise<string> {
    await this.cell(text).locator(".view-line span span", { hasText: word }).first().hover();
    return (await this.#page.locator(".monaco-hover:visible .hover-contents").first().textContent()) ?? "";
  }
}
