import { readFile } from "node:fs/promises";
import { build as bundle } from "esbuild";
import type { RunRecord } from "#core/record.ts";
import { recordToJson } from "#core/record-codec.ts";
import type { AnalysisContent } from "#protocol/analysis-api.ts";
import { THEMES } from "../themes.ts";

interface AnalysisPageOptions {
  readonly theme: keyof typeof THEMES;
  readonly place?: "side" | "panel";
  /** Whether the fake kernel holds the attention of the runs. Default true. */
  readonly holdsAttention?: boolean;
  /** The tab that is open. */
  readonly view?: string;
}

/** dist/analysis.js with `records` and an editor that is not there: its global `aim` says what was asked of it. */
export async function analysisPage(records: readonly RunRecord[], options: AnalysisPageOptions): Promise<string> {
  const { theme, place = "panel", holdsAttention = true, view } = options;
  const [script, style, editor] = await Promise.all([
    readFile("dist/analysis.js", "utf8"),
    readFile("dist/analysis.css", "utf8"),
    fakeEditor(),
  ]);
  const content: AnalysisContent = {
    runs: records.map((record) => ({ run: recordToJson(record), hasCell: true, canReplay: true })),
  };
  const json = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c");
  const { bodyClass, variables } = THEMES[theme];
  const declarations = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  const state =
    view === undefined
      ? ""
      : `sessionStorage.aim ??= ${json(JSON.stringify({ values: { view, "view of runs": view } }))};`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Analysis</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<style>:root { ${declarations.join(" ")} }</style>
<style>${style}</style>
</head>
<body class="aim ${bodyClass}" data-vscode-theme-kind="${bodyClass.split(" ").at(-1)}">
<div id="aim-page" data-place="${place}"></div>
<script type="application/json" id="aim-content" data-options='${json({ holdsAttention })}'>${json(content)}</script>
<script>${state}</script>
<script>${editor}</script>
<script>${script.replaceAll("</script", "<\\/script")}</script>
</body>
</html>
`;
}

async function fakeEditor(): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: ["test/webview/analysis/fake-editor.ts"],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    minify: true,
  });
  return (outputFiles[0]?.text ?? "").replaceAll("</script", "<\\/script");
}
