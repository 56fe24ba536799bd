import { type BrowserContext, chromium } from "playwright-core";
import { readReady } from "./ready.ts";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium without a window of its own. Closing the context ends it. */
export async function openBrowser(): Promise<BrowserContext> {
  const browser = await chromium.launch({ executablePath: readReady().chromium, args: ARGS });
  const context = await browser.newContext({
    viewport: { width: 1400, height: 1000 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(50_000);
  context.once("close", () => void browser.close());
  return context;
}
