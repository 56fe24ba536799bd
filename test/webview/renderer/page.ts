import { readFile } from "node:fs/promises";

/** The editor's themes as their notebook pages see them: the classes of the body and some of the variables. */
const THEMES = {
  dark: {
    bodyClass: "vscode-dark",
    variables: {
      "editor-background": "#1f1f1f",
      "editor-foreground": "#cccccc",
      descriptionForeground: "#9d9d9d",
      "panel-border": "#2b2b2b",
      "textLink-foreground": "#4daafc",
      errorForeground: "#f85149",
      focusBorder: "#0078d4",
      "progressBar-background": "#0078d4",
      "button-secondaryBackground": "#00000000",
      "button-secondaryForeground": "#cccccc",
      "button-border": "#ffffff1a",
      "button-secondaryHoverBackground": "#2b2b2b",
      "scrollbarSlider-background": "#79797966",
    },
  },
  light: {
    bodyClass: "vscode-light",
    variables: {
      "editor-background": "#ffffff",
      "editor-foreground": "#3b3b3b",
      descriptionForeground: "#3b3b3b",
      "panel-border": "#e5e5e5",
      "textLink-foreground": "#005fb8",
      errorForeground: "#f85149",
      focusBorder: "#005fb8",
      "progressBar-background": "#005fb8",
      "button-secondaryBackground": "#e5e5e5",
      "button-secondaryForeground": "#3b3b3b",
      "button-border": "#0000001a",
      "scrollbarSlider-background": "#64646466",
    },
  },
  "contrast-dark": {
    bodyClass: "vscode-high-contrast",
    variables: {
      "editor-background": "#000000",
      "editor-foreground": "#ffffff",
      descriptionForeground: "#ffffff",
      contrastBorder: "#6fc3df",
      "panel-border": "#6fc3df",
      "textLink-foreground": "#21a6ff",
      errorForeground: "#f48771",
      focusBorder: "#f38518",
      "progressBar-background": "#6fc3df",
      "button-secondaryForeground": "#ffffff",
      "button-border": "#6fc3df",
    },
  },
  "contrast-light": {
    bodyClass: "vscode-high-contrast vscode-high-contrast-light",
    variables: {
      "editor-background": "#ffffff",
      "editor-foreground": "#292929",
      descriptionForeground: "#292929",
      contrastBorder: "#0f4a85",
      "panel-border": "#0f4a85",
      "textLink-foreground": "#0f4a85",
      errorForeground: "#b5200d",
      focusBorder: "#006bbd",
      "progressBar-background": "#0f4a85",
      "button-secondaryForeground": "#292929",
      "button-border": "#0f4a85",
    },
  },
} as const;

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
