import { randomBytes } from "node:crypto";
import { type ExtensionContext, Uri, type Webview } from "vscode";

/** Loads the analysis page into `webview`; `place` says how much room there is. */
export function loadAnalysisPage(webview: Webview, { extensionUri }: ExtensionContext, place: "side" | "panel"): void {
  const folder = Uri.joinPath(extensionUri, "dist");
  const nonce = randomBytes(16).toString("base64url");
  const url = (name: string) => webview.asWebviewUri(Uri.joinPath(folder, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AIM</title>
<link rel="stylesheet" href="${url("analysis.css")}">
</head>
<body class="aim">
<div id="aim-page" data-place="${place}"></div>
<script nonce="${nonce}" src="${url("analysis.js")}"></script>
</body>
</html>
`;
}
