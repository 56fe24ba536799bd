import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { collectStrings } from "../../tools/l10n.mjs";

const ROOT = path.join(import.meta.dirname, "../..");
const readText = (name: string) => readFileSync(path.join(ROOT, name), "utf8");

describe("strings for translators", () => {
  it("are all in the bundle, and no others (run: node tools/l10n.mjs)", () => {
    const bundle: unknown = JSON.parse(readText("l10n/bundle.l10n.json"));
    assert.ok(collectStrings().length > 20);
    assert.deepEqual(Object.keys(bundle ?? {}).sort(), collectStrings());
  });

  it("of the manifest are all in package.nls.json, and no others", () => {
    const used = [...readText("package.json").matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    const known = Object.keys(JSON.parse(readText("package.nls.json")));
    assert.deepEqual(known.sort(), [...new Set(used)].sort());
  });
});
