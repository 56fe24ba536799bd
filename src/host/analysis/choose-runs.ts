import { l10n, type QuickPickItem, window } from "vscode";
import { MOST_COMPARED } from "#core/comparison.ts";
import { AimError } from "#core/errors.ts";
import type { RunHistory } from "../run-history.ts";

interface RunItem extends QuickPickItem {
  readonly id: string;
}

/** Lets the user choose runs to compare with `picked`; undefined if they decide not to. */
export async function chooseRuns(
  history: RunHistory,
  picked: readonly string[],
): Promise<readonly string[] | undefined> {
  const entries = await history.list();
  const [first] = entries.filter(({ id }) => picked.includes(id));
  const isAlike = ({ question }: { question: string }) => first === undefined || question === first.question;
  // Runs of the same question come first: only they compare well.
  const sorted = [...entries.filter(isAlike), ...entries.filter((entry) => !isAlike(entry))];
  const items: RunItem[] = sorted.map(({ id, name, question, answer, settings, startedAt }) => ({
    id,
    label: name ?? question,
    description: settings,
    detail: `${answer || l10n.t("(no answer)")} · ${new Date(startedAt).toLocaleString()}`,
    picked: picked.includes(id),
  }));
  if (items.length < 2) {
    throw new AimError("not-found", l10n.t("there is no other run to compare with"), {
      hint: l10n.t("run the question with other settings first, or put %compare lines into its cell"),
    });
  }
  const chosen = await window.showQuickPick(items, {
    title: l10n.t("Compare two to {0} runs", MOST_COMPARED),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) return undefined;
  const ids = chosen.map(({ id }) => id);
  if (ids.length < 2 || ids.length > MOST_COMPARED) {
    throw new AimError(
      "invalid-argument",
      l10n.t("two to {0} runs can be compared, got {1}", MOST_COMPARED, ids.length),
      {
        hint: l10n.t("tick the runs that you want side by side"),
      },
    );
  }
  // In the order in which they were asked for, the ones that are shown first.
  return [...picked.filter((id) => ids.includes(id)), ...ids.filter((id) => !picked.includes(id)).reverse()];
}
