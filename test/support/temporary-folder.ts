import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Gives each test of the surrounding `describe` an empty folder of its own, removed after it. */
export function temporaryFolder(): (...parts: string[]) => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "aim-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return (...parts) => path.join(folder, ...parts);
}
