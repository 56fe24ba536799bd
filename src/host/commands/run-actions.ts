import { commands, l10n, window } from "vscode";
import { MOST_COMPARED } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import { formatBytes } from "#core/units.ts";
import { newestFirst, totalBytes } from "#runs/limit.ts";
import type { RunEntry } from "#runs/run-entry.ts";
import type { RunNode } from "#runs/run-groups.ts";
import { saveRun } from "../analysis/save-runs.ts";
import type { RunHistory } from "../run-history.ts";
import type { RunsView } from "../views/runs-view.ts";
import { openRunFile } from "./open-run-file.ts";

/** What can be done with runs: `clicked` and `selected` come from the list, nothing from the keyboard. */
type RunAction = (clicked?: RunNode, selected?: readonly RunNode[]) => Promise<unknown>;

/** The commands of the list of runs, by what follows `aim.` in their names. */
export function runActions(history: RunHistory, view: RunsView) {
  const onChosen =
    (action: (runs: readonly RunEntry[]) => Promise<unknown>): RunAction =>
    async (clicked, selected) => {
      const runs = view.chosen(clicked, selected);
      if (runs.length > 0) await action(runs);
    };
  const onFirst = (action: (run: RunEntry) => Promise<unknown>) =>
    onChosen(async ([run]) => {
      if (run) await action(run);
    });
  return {
    openRun: onFirst(async ({ id }) => commands.executeCommand("aim.compareRuns", [id])),
    renameRun: onFirst((run) => rename(history, run)),
    exportRun: onFirst(async ({ id }) => saveRun(await history.read(id))),
    exportRunReport: onChosen(async (runs) => commands.executeCommand("aim.exportRunHtml", oldestFirst(runs))),
    compareSelectedRuns: onChosen(compare),
    pinRuns: onChosen((runs) => history.setPinned(idsOf(runs), true)),
    unpinRuns: onChosen((runs) => history.setPinned(idsOf(runs), false)),
    deleteRuns: onChosen((runs) => remove(history, runs)),
    clearRuns: () => clear(history),
    openRunFile: (file?: unknown) => openRunFile(history, file),
    refreshRuns: async () => view.refresh(),
    limitRuns: async () => commands.executeCommand("workbench.action.openSettings", "aim.runs.storageMb"),
  } as const;
}

const idsOf = (runs: readonly RunEntry[]) => runs.map(({ id }) => id);

/** In the order in which they were asked, as people compare. */
const oldestFirst = (runs: readonly RunEntry[]) => idsOf(runs.toSorted(newestFirst).reverse());

async function rename(history: RunHistory, { id, name, question }: RunEntry): Promise<void> {
  const given = await window.showInputBox({
    title: l10n.t("Rename Run"),
    prompt: l10n.t("Empty for its question: {0}", question),
    value: name ?? question,
  });
  if (given !== undefined) await history.rename(id, given.trim() === question.trim() ? "" : given);
}

async function compare(runs: readonly RunEntry[]): Promise<void> {
  if (runs.length < 2 || runs.length > MOST_COMPARED) {
    throw new AimError("invalid-argument", l10n.t("{0} runs are selected", runs.length), {
      hint: l10n.t("select two to {0} runs to compare them", MOST_COMPARED),
    });
  }
  await commands.executeCommand("aim.compareRuns", oldestFirst(runs));
}

async function remove(history: RunHistory, runs: readonly RunEntry[]): Promise<void> {
  const isSure = runs.length === 1 || (await confirm(l10n.t("Delete {0} runs?", runs.length)));
  if (isSure) await history.remove(idsOf(runs));
}

async function clear(history: RunHistory): Promise<void> {
  const runs = (await history.list()).filter(({ isPinned }) => !isPinned);
  if (runs.length === 0) {
    void window.showInformationMessage(l10n.t("There are no runs but pinned ones"));
    return;
  }
  const size = formatBytes(totalBytes(runs));
  const isSure = await confirm(l10n.t("Delete all {0} runs that are not pinned ({1})?", runs.length, size));
  if (isSure) await history.remove(idsOf(runs));
}

async function confirm(question: string): Promise<boolean> {
  const yes = l10n.t("Delete");
  const detail = l10n.t("This cannot be undone. Notebooks keep their outputs.");
  return (await window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
