import { commands, type ExtensionContext, env, l10n, type Uri, window } from "vscode";
import { exportIpynb } from "#notebook/export-ipynb.ts";
import { exportMarkdown } from "#notebook/export-markdown.ts";
import { writeNotebook } from "#notebook/file.ts";
import type { Notebook } from "#notebook/nbformat.ts";
import { reportOf } from "#notebook/report.ts";
import { buildReport } from "#report/page.ts";
import { reportAssets } from "../report-assets.ts";

/** A form in which a notebook is given to others. */
export interface ExportFormat {
  readonly extension: `.${string}`;
  /** What a save dialog calls such files. */
  readonly label: string;
  /** The text of the file of a notebook that is called `name`. */
  readonly write: (notebook: Notebook, name: string) => string | Promise<string>;
  readonly open: (file: Uri) => Thenable<unknown>;
}

/** One page that opens in any browser, without a network. */
export function htmlFormat(context: ExtensionContext): ExportFormat {
  return {
    extension: ".html",
    label: l10n.t("Web page"),
    write: async (notebook, name) => {
      const { script, style } = await reportAssets(context);
      return buildReport(reportOf(notebook, name), script, style);
    },
    open: (file) => env.openExternal(file),
  };
}

/** A notebook that Jupyter reads. */
export function ipynbFormat(): ExportFormat {
  return {
    extension: ".ipynb",
    label: l10n.t("Jupyter notebook"),
    write: (notebook) => writeNotebook(exportIpynb(notebook)),
    open: (file) => commands.executeCommand("vscode.open", file),
  };
}

export function markdownFormat(): ExportFormat {
  return {
    extension: ".md",
    label: "Markdown",
    write: (notebook) => exportMarkdown(notebook),
    open: (file) => window.showTextDocument(file),
  };
}
