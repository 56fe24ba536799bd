import { basename, dirname, extname, join } from "node:path";
import { env, l10n, Uri, window, workspace } from "vscode";

interface SaveOptions {
  /** Without folder, with extension. */
  readonly name: string;
  /** What a save dialog calls such files. */
  readonly label: string;
  /** Where the dialog begins. */
  readonly folder?: string;
  /** Called for the bytes once the user has chosen where to. */
  readonly write: () => Promise<Uint8Array>;
  /** How to open the file that was written; without it that is not offered. */
  readonly open?: (file: Uri) => Thenable<unknown>;
}

/** Asks where to, writes a file and offers to show it. Gives false if the user decides not to. */
export async function saveFile({ name, label, folder, write, open }: SaveOptions): Promise<boolean> {
  const start = folder ?? workspace.workspaceFolders?.[0]?.uri.fsPath;
  const target = await window.showSaveDialog({
    ...(start !== undefined && { defaultUri: Uri.file(join(start, name)) }),
    filters: { [label]: [extname(name).slice(1)] },
  });
  if (!target) return false;
  await workspace.fs.writeFile(target, await write());
  void offerToShow(target, open);
  return true;
}

async function offerToShow(target: Uri, open: SaveOptions["open"]): Promise<void> {
  const [openIt, reveal] = [l10n.t("Open"), l10n.t("Show in Folder")];
  const message = l10n.t("{0} was written to {1}", basename(target.path), dirname(target.fsPath));
  const choice = await window.showInformationMessage(message, ...(open ? [openIt] : []), reveal);
  if (choice === openIt) await open?.(target);
  if (choice === reveal) await env.openExternal(Uri.file(dirname(target.fsPath)));
}
