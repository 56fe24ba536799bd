import { type ExtensionContext, Uri, workspace } from "vscode";

/** The bundled script and style of report pages. */
export async function reportAssets({ extensionUri }: ExtensionContext): Promise<{ script: string; style: string }> {
  const read = async (name: string) =>
    new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(extensionUri, "dist", name)));
  return { script: await read("report.js"), style: await read("report.css") };
}
