// Bundles what is run and shipped into dist/. `node esbuild.mjs` builds once.
import { pathToFileURL } from "node:url";
import esbuild from "esbuild";

/** Packages with native code stay in node_modules. */
export const EXTERNAL = ["onnxruntime-node", "sharp"];

const BUNDLES = [
  {
    entryPoints: {
      aim: "src/cli/main.ts",
      kernel: "src/kernel/main.ts",
      check: "src/runtime/import/self-check-main.ts",
      probe: "src/runtime/device/probe-main.ts",
    },
    outExtension: { ".js": ".mjs" },
    platform: "node",
    format: "esm",
    target: "node20",
    external: EXTERNAL,
    banner: {
      // for packages written for CommonJS
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url), __dirname = import.meta.dirname;",
    },
  },
  {
    entryPoints: { extension: "src/host/extension.ts" },
    outExtension: { ".js": ".cjs" },
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode"],
    minify: true,
  },
  {
    entryPoints: { report: "webview/report/main.tsx", analysis: "webview/analysis/main.tsx" },
    platform: "browser",
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
  },
  {
    entryPoints: { renderer: "webview/renderer/main.tsx" },
    platform: "browser",
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".css": "text" },
    minify: true,
  },
];

export async function build() {
  const shared = { bundle: true, outdir: "dist", logLevel: "warning", legalComments: "none" };
  await Promise.all(BUNDLES.map((bundle) => esbuild.build({ ...shared, ...bundle })));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await build();
