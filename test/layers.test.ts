import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");

/** What each layer may import: other layers, `node:`, and packages. To change the architecture, change this table. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "src/core": [],
  "src/onnx": ["#core"],
  "src/model": ["#core", "#onnx", "node:", "zod"],
  "src/media": ["#core", "node:", "sharp", "fluent-ffmpeg"],
  "src/notebook": ["#core"],
  "src/library": ["#core", "node:", "zod"],
  "src/runtime": [
    "#core",
    "#library",
    "#model",
    "#media",
    "node:",
    "onnxruntime-node",
    "zod",
    "@huggingface/tokenizers",
    "@huggingface/jinja",
  ],
  "src/report": ["#core", "node:"],
  "src/cli": ["#core", "#library", "#notebook", "#report", "#runtime", "node:"],
  "src/protocol": ["#core", "#jsonrpc", "vscode-jsonrpc"],
  "src/kernel": ["#core", "#library", "#protocol", "#runtime", "node:"],
  "src/supervisor": ["#core", "#protocol", "node:"],
  "src/runs": ["#core", "#protocol", "node:"],
  "src/host": ["#core", "#library", "#notebook", "#protocol", "#report", "#runs", "#supervisor", "node:", "vscode"],
  webview: [
    "#core",
    "#protocol",
    "preact",
    "@observablehq/plot",
    "@vscode/webview-ui-toolkit",
    "vscode-notebook-renderer",
    "vscode-webview",
  ],
};

/** Packages that one file alone may import, so that they can be replaced in an hour. */
const ADAPTERS: Readonly<Record<string, string>> = {
  "fluent-ffmpeg": "src/media/ffmpeg.ts",
  "@vscode/webview-ui-toolkit": "webview/ui/controls.tsx",
};

interface Import {
  readonly file: string;
  readonly target: string;
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|import\(["']([^"']+)["']\)/g;

function importsOf(layer: string): Import[] {
  const files = readdirSync(path.join(ROOT, layer), { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  return files.flatMap((name) => {
    const file = path.posix.join(layer, name.replaceAll("\\", "/"));
    const text = readFileSync(path.join(ROOT, file), "utf8");
    return [...text.matchAll(IMPORT)].map((match) => ({ file, target: match[1] ?? match[2] ?? "" }));
  });
}

function isAllowed(layer: string, { file, target }: Import): boolean {
  if (target.startsWith(".")) return path.posix.join(path.posix.dirname(file), target).startsWith(`${layer}/`);
  const [adapter] = [ADAPTERS[target]];
  if (adapter !== undefined && adapter !== file) return false;
  if (target.startsWith("#")) return (LAYERS[layer] ?? []).includes(target.split("/")[0] ?? "");
  return (LAYERS[layer] ?? []).some(
    (known) => target === known || target.startsWith(known.endsWith(":") ? known : `${known}/`),
  );
}

describe("layers", () => {
  it("are all folders of src, and webview", () => {
    const folders = readdirSync(path.join(ROOT, "src")).map((name) => `src/${name}`);
    assert.deepEqual([...folders, "webview"].sort(), Object.keys(LAYERS).sort());
  });

  for (const layer of Object.keys(LAYERS)) {
    it(`${layer} imports only what its row allows`, () => {
      const wrong = importsOf(layer).filter((found) => !isAllowed(layer, found));
      assert.deepEqual(wrong, []);
    });
  }

  it("name Node's modules with node:", () => {
    const bare = Object.keys(LAYERS)
      .flatMap(importsOf)
      .filter(({ target }) => builtinModules.includes(target));
    assert.deepEqual(bare, []);
  });

  it("have no circles", () => {
    const edges = new Map<string, string[]>();
    for (const { file, target } of Object.keys(LAYERS).flatMap(importsOf)) {
      const to = target.startsWith(".") ? path.posix.join(path.posix.dirname(file), target) : undefined;
      if (to) edges.set(file, [...(edges.get(file) ?? []), to]);
    }
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): void => {
      assert.ok(!way.includes(file), `a circle: ${[...way, file].join(" -> ")}`);
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...way, file]);
      done.add(file);
    };
    for (const file of edges.keys()) visit(file, []);
  });
});
