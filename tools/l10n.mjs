// Collects the strings of the editor's part for translators: `node tools/l10n.mjs` writes l10n/bundle.l10n.json.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every literal first argument of l10n.t in src/host, sorted. */
export function collectStrings() {
  const folder = join(root, "src", "host");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const calls = files.flatMap((name) => [
    ...readFileSync(join(folder, name), "utf8").matchAll(/\bl10n\.t\(\s*("(?:[^"\\]|\\.)*")/g),
  ]);
  return [...new Set(calls.map(([, literal]) => JSON.parse(literal)))].sort();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const bundle = Object.fromEntries(collectStrings().map((text) => [text, text]));
  mkdirSync(join(root, "l10n"), { recursive: true });
  writeFileSync(join(root, "l10n", "bundle.l10n.json"), `${JSON.stringify(bundle, undefined, 2)}\n`);
}
