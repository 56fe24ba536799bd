import { cpSync, mkdtempSync } from "node:fs";
import path from "node:path";
import type { BrowserContext } from "playwright-core";
import { packExtension } from "../../support/packed-extension.ts";
import { openBrowser } from "./browser.ts";
import { EditorServer } from "./editor-server.ts";
import { Workbench } from "./workbench.ts";

const MEDIA = path.join(import.meta.dirname, "../../../media");

interface Editor {
  readonly server: EditorServer;
  readonly browser: BrowserContext;
}

interface WindowOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Puts more files into the folder before it is opened. */
  readonly prepare?: (folder: string) => void | Promise<void>;
}

/** What the tests of a `describe` work with. */
export interface Window {
  readonly workbench: Workbench;
  readonly server: EditorServer;
}

/** The machine may be busy with other things. */
const SLOW_MS = 180_000;

/** One server and one browser serve all tests; the first test that needs them starts them. */
let editor: Promise<Editor> | undefined;

async function start(): Promise<Editor> {
  process.once("SIGTERM", () => process.exit(1)); // so that the server is ended, too
  const [server, browser] = await Promise.all([EditorServer.start(packExtension().vsix), openBrowser()]);
  return { server, browser };
}

after("stop the editor", async () => {
  const started = await editor;
  await started?.browser.close();
  await started?.server.stop();
});

/** Opens a window on a temporary copy of the Tour and the samples, for all tests of the surrounding `describe`. */
export function useWindow({ settings = {}, prepare }: WindowOptions = {}): () => Window {
  let window: Window | undefined;

  before("open a window", async function () {
    this.timeout(SLOW_MS);
    editor ??= start();
    const { server, browser } = await editor;
    const folder = mkdtempSync(path.join(server.folder, "workspace-"));
    for (const name of ["tour.aimnb", "samples"])
      cpSync(path.join(MEDIA, name), path.join(folder, name), { recursive: true });
    await prepare?.(folder);
    server.setSettings(settings);
    window = { workbench: await Workbench.open(browser, server, folder), server };
  });

  afterEach("keep a picture of a failure", async function () {
    if (this.currentTest?.state === "failed")
      await window?.workbench.screenshot(`failed: ${this.currentTest.fullTitle()}`);
  });

  after("close the window", async () => await window?.workbench.close());

  return () => {
    if (!window) throw new Error("no window is open yet: use it in a test, not in describe");
    return window;
  };
}
