import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** What a process must be told to find SwiftShader, the software adapter that comes with Chromium; removed after the surrounding `describe`. */
export function softwareAdapter(): Readonly<Record<string, string>> {
  const env = { VK_ICD_FILENAMES: DRIVER, XDG_RUNTIME_DIR: "", AIM_CACHE: "" };
  let folder = "";
  before(() => {
    assert.ok(existsSync(DRIVER), `there is no ${DRIVER}: run apt-get install chromium libvulkan1`);
    folder = mkdtempSync(path.join(tmpdir(), "aim-adapter-"));
    env.XDG_RUNTIME_DIR = folder;
    env.AIM_CACHE = path.join(folder, "cache");
  });
  after(() => rmSync(folder, { recursive: true }));
  return env;
}
