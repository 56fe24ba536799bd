import { readFile } from "node:fs/promises";
import { THEMES } from "../themes.ts";

/** What is shown in a page: an output, and the text of its cell. */
export interface PageOutput {
  readonly cell: string;
  readonly mime: string;
  readonly value: unknown;
}

interface PageOptions {
  readonly theme: keyof typeof THEMES;
  readonly outputs: readonly PageOutput[];
}

/**
 * A page like the editor's notebook page, which shows `outputs` through dist/renderer.js. Its global `aim` is what the editor would be:
 * `show(id, mime, value)`, `dispose(id)`, the `messages` that were posted and the milliseconds that each call took in `times`.
 */
export async function rendererPage({ theme, outputs }: PageOptions): Promise<string> {
  const script = await readFile("dist/renderer.js", "utf8");
  const { bodyClass, variables } = THEMES[theme];
  const declarations = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  const json = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:">
<title>Notebook outputs</title>
<style>
html { ${declarations.join(" ")} --vscode-font-family: Inter, system-ui, sans-serif; --vscode-font-size: 13px; }
body { margin: 0; padding: 12px 0; background: var(--vscode-editor-background); color: var(--vscode-editor-foreground); font: 13px Inter, sans-serif; }
img { max-width: 100%; max-height: 100%; }
input:focus { outline: 1px solid red; outline-offset: -1px; }
table, th, td { border: none; border-collapse: collapse; text-align: right; }
th, td { padding: 4px 8px; }
tr:nth-child(even) { background: rgba(130, 130, 130, 0.08); }
.cell { margin: 0 16px; padding: 8px 12px; border: 1px solid var(--vscode-panel-border); font: 13px/1.5 monospace; white-space: pre-wrap; }
.output { margin: 8px 16px 24px; padding: 8px 8px 8px 12px; overflow-x: auto; }
</style>
</head>
<body class="${bodyClass}">
<div id="container"></div>
<script type="application/json" id="outputs">${json(outputs)}</script>
<script type="application/json" id="script">${json(script)}</script>
<script type="module">
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const { activate } = await import(URL.createObjectURL(new Blob([read("script")], { type: "text/javascript" })));
const messages = [];
const times = [];
const renderer = activate({ postMessage: (message) => messages.push(message) });
const place = (id) => {
  const element = document.getElementById(id);
  if (element) return element;
  const created = document.createElement("div");
  created.id = id;
  created.className = "output";
  document.getElementById("container").append(created);
  return created;
};
const show = (id, mime, value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const element = place(id);
  const start = performance.now();
  renderer.renderOutputItem({ id, mime, text: () => text, json: () => JSON.parse(text) }, element);
  times.push(performance.now() - start);
};
globalThis.aim = { show, dispose: (id) => renderer.disposeOutputItem(id), messages, times };
for (const [index, { cell, mime, value }] of read("outputs").entries()) {
  const input = document.createElement("div");
  input.className = "cell";
  input.textContent = cell;
  document.getElementById("container").append(input);
  show("output-" + index, mime, value);
  // The editor shows one output a message, each in a task of its own.
  await new Promise((resolve) => setTimeout(resolve));
}
document.body.dataset.ready = "yes";
</script>
</body>
</html>
`;
}
