import { commands, l10n, Uri, window } from "vscode";
import { RUN_FILE_EXTENSION } from "#runs/run-file.ts";
import type { RunHistory } from "../run-history.ts";

/** Takes a run from another machine into the history and shows it. `file` is what the user clicked; without it they choose one. */
export async function openRunFile(history: RunHistory, file?: unknown): Promise<void> {
  const chosen = file instanceof Uri ? file : await chooseFile();
  if (chosen) await commands.executeCommand("aim.showRun", await history.import(chosen));
}

async function chooseFile(): Promise<Uri | undefined> {
  const filters = { [l10n.t("AIM run")]: [RUN_FILE_EXTENSION.slice(1)] };
  const [file] = (await window.showOpenDialog({ openLabel: l10n.t("Open Run"), filters })) ?? [];
  return file;
}
