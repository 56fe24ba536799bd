import { randomBytes } from "node:crypto";
import { type ExtensionContext, l10n, Uri, ViewColumn, type Webview, window } from "vscode";
import type { RunRecord } from "#core/record.ts";
import { recordToJson } from "#core/record-codec.ts";
import type { ReportDocument } from "#core/report-document.ts";
import { reportShell } from "#report/shell.ts";

/** Opens the analysis of one run beside the editor: the page of the HTML report. */
export function openRunPanel({ extensionUri }: ExtensionContext, record: RunRecord): void {
  const folder = Uri.joinPath(extensionUri, "dist");
  const panel = window.createWebviewPanel("aim.run", l10n.t("AIM: {0}", record.question), ViewColumn.Beside, {
    enableScripts: true,
    localResourceRoots: [folder],
    retainContextWhenHidden: true,
  });
  panel.iconPath = Uri.joinPath(extensionUri, "media", "icon.svg");
  panel.webview.html = page(panel.webview, folder, {
    title: record.question,
    entries: [{ run: recordToJson(record) }],
  });
}

function page(webview: Webview, folder: Uri, document: ReportDocument): string {
  const nonce = randomBytes(16).toString("base64url");
  const url = (name: string) => webview.asWebviewUri(Uri.joinPath(folder, name)).toString();
  return reportShell(document, {
    policy: ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src ${webview.cspSource}`, "img-src data:"],
    head: `<link rel="stylesheet" href="${url("report.css")}">`,
    script: `<script nonce="${nonce}" src="${url("report.js")}"></script>`,
  });
}
