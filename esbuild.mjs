// Bundles what is run and shipped into dist/. `node esbuild.mjs` builds once.
import { pathToFileURL } from "node:url";
import esbuild from "esbuild";

/** Native packages and those that find their own files at run time stay in node_modules. */
const EXTERNAL = ["onnxruntime-node", "sharp", "fluent-ffmpeg"];

const BUNDLES = [
  {
    entryPoints: { aim: "src/cli/main.ts" },
    outExtension: { ".js": ".mjs" },
    platform: "node",
    format: "esm",
    target: "node20",
    external: EXTERNAL,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  },
  {
    entryPoints: { report: "webview/report/main.tsx" },
    platform: "browser",
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
  },
];

export async function build() {
  const shared = { bundle: true, outdir: "dist", logLevel: "warning", legalComments: "none" };
  await Promise.all(BUNDLES.map((bundle) => esbuild.build({ ...shared, ...bundle })));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await build();
